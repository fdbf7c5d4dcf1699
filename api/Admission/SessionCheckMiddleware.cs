namespace Platform.Api.Admission;

/// <summary>Lets checks of sessions go on, but no more than a number of one session that wait. They have no filters, which would cost them an invocation context.</summary>
internal sealed class SessionCheckMiddleware(RequestDelegate next, AdmissionControl admission)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CallClassMetadata>() is not { Class: CallClass.Validation }) return next(context);
        if (admission.Checks.IsCrowded(context)) return admission.Refuse(CallClass.Validation, AdmissionRefusal.Crowded).ExecuteAsync(context);
        var check = next(context);
        return check.IsCompleted ? check : admission.Checks.FollowAsync(context, check);
    }
}
