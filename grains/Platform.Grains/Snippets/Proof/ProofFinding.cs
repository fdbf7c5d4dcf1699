namespace Platform.Snippets;

/// <summary>The result of a check for the proof of a domain.</summary>
internal enum ProofFinding
{
    /// <summary>Neither name servers nor the site said that it is there, and not both said that it is not: an outage, of theirs or of ours.</summary>
    Unanswered = 0,

    Found = 1,

    /// <summary>Both ways were asked and answered; it is at neither.</summary>
    Missing = 2,
}
