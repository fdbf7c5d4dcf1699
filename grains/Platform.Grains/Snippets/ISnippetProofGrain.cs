using Orleans.Concurrency;

namespace Platform.Snippets;

/// <summary>The snippet's grain as the worker sees it that looks for proofs again.</summary>
[Alias("platform.ISnippetProofGrain")]
internal interface ISnippetProofGrain : IGrainWithStringKey
{
    /// <summary>Null for a domain that is not verified, or that needs no proof.</summary>
    [Alias("FindChallenge"), AlwaysInterleave]
    Task<string?> FindChallengeAsync(string domain, CancellationToken cancellationToken);

    /// <summary>Carries out what a look for the proof has found (<see cref="DomainProofRules"/>), and says when the next one is due.</summary>
    /// <param name="domain">As it is stored.</param>
    /// <param name="challenge">The one that was looked for. Where the domain has another by now, nothing happens.</param>
    /// <param name="finding">Where it was looked for.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("SettleProof")]
    Task SettleProofAsync(string domain, string challenge, ProofFinding finding, CancellationToken cancellationToken);
}
