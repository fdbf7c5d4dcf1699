using System.Collections.Immutable;

namespace Platform.Snippets;

/// <summary>What was found where a proof has to be.</summary>
/// <param name="Finding">Whether the challenge was there.</param>
/// <param name="Seen">Otherwise what was there in place of it, a code and a sentence for each way.</param>
internal readonly record struct DomainProof(ProofFinding Finding, ImmutableArray<(string Code, string Detail)> Seen);

/// <summary>Checks for the proof that a domain belongs to the tenant: a TXT record, or a file on the site. It checks for both at once; one is enough.</summary>
internal sealed class DomainProofs
{
    private readonly TxtProof _txt;
    private readonly FileProof _file;

    internal DomainProofs(TxtProof txt, FileProof file) => (_txt, _file) = (txt, file);

    /// <param name="domain">Host name in A-labels.</param>
    /// <param name="challenge">To be found there.</param>
    internal async Task<DomainProof> FindAsync(string domain, string challenge, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(_txt.FindAsync(domain, challenge, cancellationToken), _file.FindAsync(domain, challenge, cancellationToken));
        if (found.Any(seen => seen is null)) return new DomainProof(ProofFinding.Found, []);
        var answered = found.All(seen => seen!.Value.Code is not (TxtProof.Unreachable or FileProof.Unreachable));
        return new DomainProof(answered ? ProofFinding.Missing : ProofFinding.Unanswered, [.. found.Select(seen => seen!.Value)]);
    }
}
