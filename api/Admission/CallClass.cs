using Platform.Api.Problems;

namespace Platform.Api.Admission;

/// <summary>How much a call costs, and in which order calls go on where there are more than the host can do (decision 0093).</summary>
internal enum CallClass
{
    /// <summary>Costs next to nothing and goes on always: health, documents, preflights.</summary>
    Free = 0,

    /// <summary>Checks of a session: never wait. Only what is asked of one session at the same moment, where it is not in memory, is bounded.</summary>
    Validation = 1,

    /// <summary>Checks of sessions by back ends: never wait, their keys have rate limits.</summary>
    Introspection = 2,
    SignOut = 3,

    /// <summary>Sign-in and what else hashes a password for somebody without a session.</summary>
    SignIn = 4,

    /// <summary>Lists, exports, changes.</summary>
    Other = 5,
}

/// <summary>On an endpoint: its class.</summary>
internal sealed record CallClassMetadata(CallClass Class)
{
    /// <summary>An endpoint that does not say what it costs is a mistake in its mapping: then the host does not start, instead of serving it without bound.</summary>
    public static void Verify(IEndpointRouteBuilder routes)
    {
        var unknown = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<CallClassMetadata>() is null)
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (unknown.Count > 0) throw new InvalidOperationException($"These routes have no class of calls: {string.Join(", ", unknown)}.");
    }
}

internal static class CallClassExtensions
{
    /// <summary>Handlers of this class run when it has a place for them. It comes after the body was read and ends before the answer is written: slow clients hold no place.</summary>
    public static TBuilder InClass<TBuilder>(this TBuilder builder, CallClass @class) where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(new CallClassMetadata(@class));
        if (@class is not (CallClass.SignOut or CallClass.SignIn or CallClass.Other)) return builder;
        builder.Refuses(ProblemKind.Busy);
        return builder.AddEndpointFilterFactory((_, next) => call => AdmissionFilter.InvokeAsync(call, @class, next));
    }
}
