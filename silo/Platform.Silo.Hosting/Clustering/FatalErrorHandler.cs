using Microsoft.Extensions.Logging;
using Platform.Cluster;
using Platform.Hosting;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// Ends this process in order where Orleans would abort it: it does so when it reads that the others have declared this silo dead, and leaves a memory dump where dumps are on. Which of
/// the two reads it first, Orleans or <see cref="LeaseRenewalService"/>, is chance.
/// </summary>
internal sealed partial class FatalErrorHandler(MembershipLease lease, FatalShutdown end, ILogger<FatalErrorHandler> logger) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        lease.Revoke();
        SiloFailed(logger, exception, context);
        end.Begin();
    }

    [LoggerMessage(EventName = "SiloFailed", Level = LogLevel.Critical, Message = "Orleans cannot go on in this silo: {Context} It answers no more calls and ends; start it again")]
    private static partial void SiloFailed(ILogger logger, Exception? exception, string? context);
}
