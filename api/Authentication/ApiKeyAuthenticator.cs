using System.Net;
using Platform.Api.Tokens;
using Platform.ApiKeys;

namespace Platform.Api.Authentication;

/// <summary>
/// The hot path of API keys: opens the text, looks the key up in this process and asks its grain only where it is not here. Outages are exceptions.
/// </summary>
/// <remarks>A known key costs one HMAC, one hash and one lookup; no allocation, no lock, no grain call and no database.</remarks>
internal sealed class ApiKeyAuthenticator(ApiKeyText texts, LiveApiKeys live, RejectedTokenCache rejected, IGrainFactory grains, TimeProvider time)
{
    /// <returns>Without a grant for whatever is no live key of an active tenant whose IP rules let it come from there.</returns>
    public ValueTask<ApiKeyCheck> CheckAsync(ReadOnlySpan<char> text, IPAddress? from, CancellationToken cancellationToken) => CheckAsync(text, null, from, cancellationToken);

    /// <summary>As a client of OAuth.</summary>
    /// <param name="clientId">The id of the key that <paramref name="text"/> is; any other, one of an existing key too, is refused as a wrong text is.</param>
    /// <param name="text">Of the key.</param>
    /// <param name="from">Where the request comes from.</param>
    /// <param name="cancellationToken">Of the request.</param>
    public ValueTask<ApiKeyCheck> CheckClientAsync(ReadOnlySpan<char> clientId, ReadOnlySpan<char> text, IPAddress? from, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<ApiKeyId>(clientId, out var id) ? CheckAsync(text, id, from, cancellationToken) : default;

    private ValueTask<ApiKeyCheck> CheckAsync(ReadOnlySpan<char> text, ApiKeyId? claimed, IPAddress? from, CancellationToken cancellationToken)
    {
        Span<byte> hash = stackalloc byte[ApiKeyText.HashSize];
        if (!texts.TryOpen(text, hash, out var id, out var tenant) || (claimed is not null && claimed != id) || rejected.Contains(hash)) return default;
        if (live.TryGet(id, out var key) && key.Check(hash, from, time.GetUtcNow()) is { } state) return new(Answer(state, key));
        return AskAsync(id, tenant, ImmutableArray.Create<byte>(hash), from, cancellationToken);
    }

    private static ApiKeyCheck Answer(ApiKeyState state, LiveApiKey key) =>
        state == ApiKeyState.Live ? new ApiKeyCheck(state, key.Grant, key.SponsorRights ?? Permissions.None) : new ApiKeyCheck(state, null, Permissions.None);

    private async ValueTask<ApiKeyCheck> AskAsync(ApiKeyId id, TenantId tenant, ImmutableArray<byte> hash, IPAddress? from, CancellationToken cancellationToken)
    {
        var check = await grains.ApiKeys(tenant).CheckAsync(id, hash, from, cancellationToken);
        // A deleted key never lives again; one of a suspended tenant may, and a dormant one. One refused here lives elsewhere.
        if (check.State == ApiKeyState.Unknown) rejected.Add(hash.AsSpan());
        return check;
    }
}
