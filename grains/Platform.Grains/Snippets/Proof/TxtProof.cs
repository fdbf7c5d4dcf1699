using DnsClient;

namespace Platform.Snippets;

/// <summary>The proof in the name service: one of the TXT records at <c>_platform-challenge.&lt;domain&gt;</c> is the challenge.</summary>
internal sealed class TxtProof(DomainResolver resolver)
{
    /// <summary>Code for no answer; all other codes are answers.</summary>
    public const string Unreachable = "txt_unreachable";

    /// <returns>Null when it is there.</returns>
    public async Task<(string Code, string Detail)?> FindAsync(string domain, string challenge, CancellationToken cancellationToken)
    {
        var name = DomainChallenges.TxtName(domain);
        try
        {
            var texts = await resolver.ReadTxtAsync(name, cancellationToken);
            if (texts.Contains(DomainChallenges.TxtValue(challenge))) return null;
            return texts.IsEmpty
                ? ("txt_not_found", $"There is no TXT record at {name}. New records can take as long as the old answer may be cached.")
                : ("txt_differs", $"None of the TXT records at {name} is {DomainChallenges.TxtValue(challenge)}.");
        }
        catch (Exception failure) when (failure is DnsResponseException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (Unreachable, $"The name servers did not answer for {name}. Try again later.");
        }
    }
}
