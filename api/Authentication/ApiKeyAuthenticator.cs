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
    /// <returns>Null for whatever is no live key of an active tenant whose IP rules let it come from there.</returns>
    public ValueTask<ApiKeyGrant?> CheckAsync(ReadOnlyMemory<char> text, IPAddress? from, CancellationToken cancellationToken)
    {
        Span<byte> hash = stackalloc byte[ApiKeyText.HashSize];
        if (!texts.TryOpen(text.Span, hash, out var id, out var tenant) || rejected.Contains(hash)) return default;
        if (live.TryGet(id, out var key) && key.Check(hash, from, time.GetUtcNow()) is { } state) return new(state == ApiKeyState.Live ? key.Grant : null);
        return AskAsync(id, tenant, ImmutableArray.Create<byte>(hash), from, cancellationToken);
    }

    private async ValueTask<ApiKeyGrant?> AskAsync(ApiKeyId id, TenantId tenant, ImmutableArray<byte> hash, IPAddress? from, CancellationToken cancellationToken)
    {
        var check = await grains.ApiKeys(tenant).CheckAsync(id, hash, from, cancellationToken);
        // A deleted key never lives again; one of a suspended tenant may, and one refused here lives elsewhere.
        if (check.State == ApiKeyState.Unknown) rejected.Add(hash.AsSpan());
        return check.Grant;
    }
}
