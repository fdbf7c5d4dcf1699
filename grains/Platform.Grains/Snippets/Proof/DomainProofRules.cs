using Platform.Clocks;

namespace Platform.Snippets;

/// <summary>The consequence of a check for the proof of a verified domain.</summary>
internal enum ProofChange
{
    None = 0,

    /// <summary>The proof is gone. The domain works on until the grace is over.</summary>
    Lost = 1,

    /// <summary>The proof is there again.</summary>
    Restored = 2,

    /// <summary>The domain is pending again, and nothing works from it.</summary>
    Stopped = 3,
}

/// <summary>How long a domain stays verified, and when the next check of its proof is due (threat T58). Pure.</summary>
internal static class DomainProofRules
{
    /// <summary>How long a domain still works after its proof is gone and its tenant was notified.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    /// <summary>No answer for so long counts as no proof. Shorter outages change nothing.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromDays(1);

    /// <summary>Pause after a check without an answer.</summary>
    public static readonly TimeSpan RetryEvery = TimeSpan.FromHours(1);

    /// <summary>Longest pause between two checks.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(26);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromHours(22);

    /// <param name="domain">A verified one.</param>
    /// <param name="finding">The result of this check.</param>
    /// <param name="provenElsewhere">Another tenant has proven the same domain: its owner has changed, and there is no grace.</param>
    /// <param name="now">Time of the check.</param>
    public static (StoredDomain Next, ProofChange Change) Judge(StoredDomain domain, ProofFinding finding, bool provenElsewhere, DateTimeOffset now)
    {
        if (finding == ProofFinding.Found)
        {
            return (domain with { UnansweredSince = null, ProofLostAt = null }, domain.ProofLostAt is null ? ProofChange.None : ProofChange.Restored);
        }

        if (finding == ProofFinding.Missing && provenElsewhere) return Stop(domain);
        if (domain.ProofLostAt is { } lost) return now - lost >= Grace ? Stop(domain) : (domain, ProofChange.None);
        if (finding == ProofFinding.Unanswered)
        {
            var since = StoredTime.Past(domain.UnansweredSince ?? now, now);
            if (now - since < LongestSilence) return (domain with { UnansweredSince = since }, ProofChange.None);
        }

        return (domain with { UnansweredSince = null, ProofLostAt = now }, ProofChange.Lost);
    }

    /// <summary>When the next check is due, at the latest at the end of the grace period.</summary>
    /// <param name="domain">As it was judged.</param>
    /// <param name="now">Time of the check.</param>
    /// <param name="jitter">At least 0 and below 1: spreads the domains over the day, whenever they were proven.</param>
    public static DateTimeOffset NextCheck(StoredDomain domain, DateTimeOffset now, double jitter)
    {
        if (domain.UnansweredSince is not null) return now + RetryEvery;
        var next = now + ShortestPause + ((LongestPause - ShortestPause) * jitter);
        return StopsAt(domain) is { } stops && stops < next ? stops : next;
    }

    /// <summary>When the domain stops unless the proof is found again; null while it is there.</summary>
    public static DateTimeOffset? StopsAt(StoredDomain domain) => domain.ProofLostAt + Grace;

    /// <summary>The domain as it was before it was first verified.</summary>
    public static StoredDomain Pending(StoredDomain domain) => domain with { VerifiedAt = null, UnansweredSince = null, ProofLostAt = null };

    private static (StoredDomain Next, ProofChange Change) Stop(StoredDomain domain) => (Pending(domain), ProofChange.Stopped);
}
