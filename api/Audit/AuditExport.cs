using Platform.Api.Limits;
using Platform.Audit;

namespace Platform.Api.Audit;

/// <summary>
/// A whole log as a stream. Each step is read only when the one before is on its way: nothing is held open in the database while the client takes its time,
/// and memory stays flat.
/// </summary>
internal sealed class AuditExport(AuditFormat format, Page<AuditEvent> first, Func<string, CancellationToken, Task<Page<AuditEvent>>> next, TimeProvider time, IDisposable turn)
    : IResult
{
    public async Task ExecuteAsync(HttpContext context)
    {
        using var _ = turn;
        var response = context.Response;
        response.ContentType = format.ContentType;
        response.Headers.ContentDisposition = $"attachment; filename=\"access-log.{format.Extension}\"";
        response.Headers.CacheControl = "no-store";
        await using var body = new MinimumRateStream(context, time);
        format.WriteHeader(response.BodyWriter);
        for (var page = first; ;)
        {
            foreach (var found in page.Items)
            {
                format.Write(AuditEventBody.Of(found), response.BodyWriter);
                await body.FlushIfFullAsync();
            }

            await body.SendAsync();
            if (page.Next is null) return;
            page = await next(page.Next, context.RequestAborted);
        }
    }
}
