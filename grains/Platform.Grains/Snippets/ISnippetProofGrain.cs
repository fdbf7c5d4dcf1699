using Orleans.Concurrency;

namespace Platform.Snippets;

/// <summary>The calls of a snippet's grain for the worker that checks proofs again.</summary>
[Alias("platform.ISnippetProofGrain")]
internal interface ISnippetProofGrain : IGrainWithStringKey
{
    /// <summary>Null for a domain that is not verified, or that needs no proof.</summary>
    [Alias("FindChallenge"), AlwaysInterleave]
    Task<string?> FindChallengeAsync(string domain, CancellationToken cancellationToken);

    /// <summary>Applies the finding of a check of the proof (<see cref="DomainProofRules"/>), and says when the next one is due.</summary>
    /// <param name="domain">As it is stored.</param>
    /// <param name="challenge">The challenge of the check. If the domain has another one by now, nothing happens.</param>
    /// <param name="finding">The result of the check, for each way.</param>
    [Alias("SettleProof")]
    Task SettleProofAsync(string domain, string challenge, ProofFinding finding, CancellationToken cancellationToken);
}
