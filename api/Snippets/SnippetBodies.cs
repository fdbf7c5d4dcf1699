using Platform.Snippets;

namespace Platform.Api.Snippets;

/// <summary>A snippet, and how a page takes it in.</summary>
internal sealed record SnippetBody
{
    public required SnippetId Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Made with the tenant; it cannot be deleted.</summary>
    public required bool Primary { get; init; }

    /// <summary>For the page: the published script, whose bytes the browser checks. Changes with each publication.</summary>
    public required string Tag { get; init; }

    /// <summary>The published script, the same bytes for ever.</summary>
    public required string ScriptUrl { get; init; }

    /// <summary>Of <c>scriptUrl</c> (W3C Subresource Integrity).</summary>
    public required string Integrity { get; init; }

    /// <summary>Whatever is published, within a minute: for pages that are not to change with a publication.</summary>
    public required string LoaderUrl { get; init; }

    /// <summary>Number of the published version.</summary>
    public required int Version { get; init; }

    public required SnippetSettingsBody Settings { get; init; }

    public required IReadOnlyList<DomainBody> Domains { get; init; }

    /// <summary>Those that can be published again, oldest first.</summary>
    public required IReadOnlyList<VersionBody> Versions { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static SnippetBody Of(SnippetView view, HttpRequest request)
    {
        var address = ScriptAddress.Of(view.Id, view.Published.Script, request);
        return new SnippetBody
        {
            Id = view.Id,
            Name = view.Name,
            Primary = view.IsPrimary,
            Tag = $"""<script src="{address.Script}" integrity="{address.Integrity}" crossorigin="anonymous" defer></script>""",
            ScriptUrl = address.Script,
            Integrity = address.Integrity,
            LoaderUrl = address.Loader,
            Version = view.Published.Number,
            Settings = SnippetSettingsBody.Of(view.Settings),
            Domains = [.. view.Domains.Select(DomainBody.Of)],
            Versions = [.. view.Versions.Select(VersionBody.Of)],
            CreatedAt = view.CreatedAt,
        };
    }
}

/// <summary>In a change, an absent member changes nothing. Pages get settings with the next publication.</summary>
internal sealed record SnippetSettingsBody
{
    /// <summary>How long before the idle end the script warns the page, <c>PT0S</c> (not at all) to <c>PT1H</c>; default <c>PT2M</c>.</summary>
    public TimeSpan? WarnBefore { get; init; }

    /// <summary>The script reports activity at most this often, over all tabs of a site, <c>PT1M</c> to <c>PT10M</c>; default <c>PT1M</c>.</summary>
    public TimeSpan? TouchEvery { get; init; }

    public static SnippetSettingsBody Of(SnippetSettings settings) => new() { WarnBefore = settings.WarnBefore, TouchEvery = settings.TouchEvery };
}

internal sealed record VersionBody(int Number, string Script, DateTimeOffset PublishedAt, SnippetSettingsBody Settings)
{
    public static VersionBody Of(SnippetVersion version) => new(version.Number, version.Script, version.PublishedAt, SnippetSettingsBody.Of(version.Settings));
}

/// <param name="Domain">In A-labels.</param>
/// <param name="Status"><c>pending</c> or <c>verified</c>.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="VerifiedAt">When its proof was first found; null while it is pending.</param>
/// <param name="ProofLostAt">When the proof of a verified domain was found to be gone; null while it is there.</param>
/// <param name="StopsAt">When it is pending again unless the proof is found before: seven days after <c>proofLostAt</c>.</param>
/// <param name="Verification">What proves it.</param>
internal sealed record DomainBody(
    string Domain, string Status, DateTimeOffset AddedAt, DateTimeOffset? VerifiedAt, DateTimeOffset? ProofLostAt, DateTimeOffset? StopsAt, VerificationBody Verification)
{
    public static DomainBody Of(SnippetDomainView view) =>
        new(view.Name, view.Verified ? "verified" : "pending", view.AddedAt, view.VerifiedAt, view.ProofLostAt, view.StopsAt, VerificationBody.Of(view));
}

/// <summary>One of both is enough: the TXT record, or the file.</summary>
internal sealed record VerificationBody(string TxtName, string TxtValue, string FileUrl, string FileContent)
{
    public static VerificationBody Of(SnippetDomainView view)
    {
        var place = DomainChallenges.PlaceOf(view.Name);
        return new VerificationBody(DomainChallenges.TxtName(place), DomainChallenges.TxtValue(view.Challenge), DomainChallenges.FileUrl(place), view.Challenge);
    }
}

internal sealed record NewSnippetBody
{
    public required string Name { get; init; }
}

/// <summary>In a change, an absent member changes nothing.</summary>
internal sealed record SnippetChangeBody
{
    public string? Name { get; init; }

    public SnippetSettingsBody? Settings { get; init; }

    public SnippetChange ToChange() => new() { Name = Name, WarnBefore = Settings?.WarnBefore, TouchEvery = Settings?.TouchEvery };
}
