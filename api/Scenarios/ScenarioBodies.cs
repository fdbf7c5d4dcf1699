using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Api.Problems;
using Platform.Scenarios;

namespace Platform.Api.Scenarios;

/// <summary>A scenario; in lists without <c>content</c>.</summary>
internal sealed record ScenarioBody(
    ScenarioId Id,
    TenantId TenantId,
    string Name,
    ScenarioKind Kind,
    ScenarioStatus Status,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Content)
{
    public static ScenarioBody Of(ScenarioListing listing) => new(
        listing.Id, listing.TenantId, listing.Name, listing.Kind, listing.Status, listing.Version, listing.CreatedAt, listing.UpdatedAt, Content: null);

    public static ScenarioBody Of(ScenarioView view) => Of(view.Listing) with { Content = JsonElement.Parse(view.Content) };
}

internal sealed record ScenarioDraftBody
{
    public required string Name { get; init; }

    public required ScenarioKind Kind { get; init; }

    /// <summary>Any JSON value but null, up to 256 KiB. Numbers that a double (IEEE 754) cannot hold exactly are refused: send them as strings.</summary>
    public required JsonElement Content { get; init; }

    public bool TryRead([NotNullWhen(true)] out ScenarioDraft? draft, out Problem problem)
    {
        draft = null;
        problem = new Problem(ProblemKind.BodyTooLarge);
        var content = Content.GetRawText();
        if (Encoding.UTF8.GetByteCount(content) > ScenarioDraft.MaxContentSize) return false;
        problem = Problem.Invalid("/content", "wrong_type", "Expected JSON with strings of valid Unicode text.");
        if (!IsText(Content)) return false;
        draft = new ScenarioDraft { Name = Name, Kind = Kind, Content = content };
        return true;
    }

    /// <summary>Halves of surrogate pairs can be escaped in JSON but neither compared nor written again.</summary>
    private static bool IsText(JsonElement content)
    {
        try
        {
            using var writer = new Utf8JsonWriter(Stream.Null);
            content.WriteTo(writer);
            return true;
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }
}

internal sealed record GrantBody(UserId UserId, IReadOnlyList<string> Permissions)
{
    public static GrantBody Of(ScenarioGrant grant) => new(grant.UserId, PermissionNames.ToNames(grant.Permissions));
}

/// <summary>One change, with before and after of each part, by a user or by an API key.</summary>
internal sealed record HistoryBody(int Version, DateTimeOffset ChangedAt, UserId? UserId, ApiKeyId? ApiKeyId, string Action, JsonElement Changes)
{
    public static HistoryBody Of(ScenarioHistoryEntry entry) =>
        new(entry.Version, entry.ChangedAt, entry.ApiKey is null ? entry.UserId : null, entry.ApiKey, entry.Action, JsonElement.Parse(entry.Changes));
}

internal sealed record CommentBody(CommentId Id, UserId UserId, DateTimeOffset CreatedAt, string Text)
{
    public static CommentBody Of(ScenarioComment comment) => new(comment.Id, comment.UserId, comment.CreatedAt, comment.Text);
}

internal sealed record NewCommentBody
{
    public required string Text { get; init; }
}
