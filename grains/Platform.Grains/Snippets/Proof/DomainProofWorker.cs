using Microsoft.Extensions.Logging;
using Platform.Lifecycle;
using Platform.Telemetry;

namespace Platform.Snippets;

/// <summary>
/// Checks the proofs of verified domains daily. Every silo runs it; a domain that is due is given to one of them. A silo that ends in between leaves its
/// domains due again after an hour.
/// </summary>
internal sealed partial class DomainProofWorker(
    ProvenDomainTable domains,
    DomainProofs proofs,
    IGrainFactory grains,
    PlatformMetrics metrics,
    TimeProvider time,
    ILogger<DomainProofWorker> logger) : PeriodicService(Interval, time)
{
    private const int BatchSize = 50;

    /// <summary>Name servers and sites of strangers may be slow; they wait for one another, sign-ins do not wait for them.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>One round.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ProvenDomain> due;
        do
        {
            var now = Time.GetUtcNow();
            due = await domains.TakeDueAsync(now, now + DomainProofRules.RetryEvery, BatchSize, cancellationToken);
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, TryCheckAsync);
        }
        while (due.Count == BatchSize);
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => CheckAsync(cancellationToken);

    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    /// <summary>One domain's trouble does not keep the others waiting.</summary>
    private async ValueTask TryCheckAsync(ProvenDomain due, CancellationToken cancellationToken)
    {
        try
        {
            var snippet = grains.SnippetProof(due.Snippet);
            if (await snippet.FindChallengeAsync(due.Domain, cancellationToken) is not { } challenge)
            {
                await domains.RemoveAsync(due.Snippet, [due.Domain], cancellationToken);
                return;
            }

            var found = await proofs.FindAsync(DomainChallenges.PlaceOf(due.Domain), challenge, cancellationToken);
            metrics.ProofChecked(found.Finding.ToString());
            await snippet.SettleProofAsync(due.Domain, challenge, found.Finding, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, failure);
        }
    }

    [LoggerMessage(EventName = "DomainProofsNotChecked", Level = LogLevel.Warning, Message = "The proof of a domain could not be checked; the next try comes within an hour")]
    private static partial void Failed(ILogger logger, Exception failure);
}
