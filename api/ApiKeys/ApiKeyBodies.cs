using System.Text.Json.Serialization;
using Platform.Api.Idempotency;
using Platform.Api.Problems;
using Platform.ApiKeys;

namespace Platform.Api.ApiKeys;

internal sealed record ApiKeyBody(
    ApiKeyId Id,
    string Name,
    IReadOnlyList<string> Scopes,
    string Prefix,
    DateTimeOffset CreatedAt,
    UserId CreatedBy,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? PreviousSecretExpiresAt,
    UserId Sponsor,
    bool Dormant) : IShownOnce
{
    /// <summary>The whole text, in the first answer to a creation or rotation only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static ApiKeyBody Of(ApiKeyView view) =>
        new(view.Id, view.Name, ApiKeyScopeNames.ToNames(view.Scopes), view.Prefix, view.CreatedAt, view.CreatedBy, view.LastUsedAt, view.ExpiresAt, view.PreviousSecretExpiresAt, view.Sponsor, view.IsDormant);

    public object ToKept() => this with { Key = null };

    /// <summary>Prints no key.</summary>
    public override string ToString() => $"ApiKeyBody {{ Id = {Id} }}";
}

internal sealed record NewApiKeyBody
{
    public required string Name { get; init; }

    public required string[] Scopes { get; init; }

    /// <summary>At most ten years from now. Null or absent: the key does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

internal sealed record ApiKeyRotationBody
{
    public static readonly TimeSpan DefaultOverlap = TimeSpan.FromDays(1);

    /// <summary>For how long the secret before counts, too: PT0S to P7D, P1D where it is absent.</summary>
    public TimeSpan? Overlap { get; init; }
}

/// <summary>Reads scopes; names what is unknown.</summary>
internal static class ScopeInput
{
    public static bool TryRead(string[] names, out ApiKeyScopes scopes, out Problem problem)
    {
        scopes = ApiKeyScopes.None;
        var errors = ImmutableArray.CreateBuilder<InputError>();
        for (var i = 0; i < names.Length; i++)
        {
            if (ApiKeyScopeNames.TryParse(names[i], out var one)) scopes |= one;
            else errors.Add(new($"/scopes/{i}", "unknown_scope", $"Use some of {string.Join(", ", ApiKeyScopeNames.Known)}."));
        }

        problem = new Problem(ProblemKind.InvalidRequest) { Errors = errors.ToImmutable() };
        return errors.Count == 0;
    }
}
