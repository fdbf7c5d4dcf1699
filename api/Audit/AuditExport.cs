using Platform.Audit;
using Platform.Directory;

namespace Platform.Api.Audit;

/// <summary>
/// A whole log as a stream. Each step is read only when the one before is on its way: nothing is held open in the database while the client takes its time,
/// and memory stays flat. A client that takes less than some 8 KB a second is let go.
/// </summary>
internal sealed class AuditExport(AuditFormat format, Page<AuditEvent> first, Func<string, CancellationToken, Task<Page<AuditEvent>>> next, TimeProvider time, IDisposable turn)
    : IResult
{
    private const int FlushSize = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task ExecuteAsync(HttpContext context)
    {
        using var _ = turn;
        var response = context.Response;
        response.ContentType = format.ContentType;
        response.Headers.ContentDisposition = $"attachment; filename=\"access-log.{format.Extension}\"";
        response.Headers.CacheControl = "no-store";
        format.WriteHeader(response.BodyWriter);
        for (var page = first; ;)
        {
            foreach (var found in page.Items)
            {
                format.Write(AuditEventBody.Of(found), response.BodyWriter);
                if (response.BodyWriter.UnflushedBytes >= FlushSize) await FlushAsync(context);
            }

            await FlushAsync(context);
            if (page.Next is null) return;
            page = await next(page.Next, context.RequestAborted);
        }
    }

    private async Task FlushAsync(HttpContext context)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, patience.Token);
        var flush = await context.Response.BodyWriter.FlushAsync(both.Token);
        if (flush.IsCanceled || flush.IsCompleted) throw new OperationCanceledException("The client is gone.");
    }
}
