using Platform.Clocks;
using Platform.Security;

namespace Platform.Api.Tokens;

internal enum TokenOutcome
{
    /// <summary>Forged, altered, expired, foreign or not a token at all. Final.</summary>
    Invalid,

    /// <summary>Genuine.</summary>
    Opened,

    /// <summary>Sealed, if at all, by a key that this process has not seen yet.</summary>
    UnknownKey,
}

/// <summary>
/// The token keys that all hosts share, as this process last read them. Forged tokens end here: no grain is called and none is activated (threats T33, T35).
/// </summary>
internal sealed partial class TokenKeyRing(
    IGrainFactory grains, MasterKey master, IOptions<PlatformOptions> options, TimeProvider time, ILogger<TokenKeyRing> logger)
{
    /// <summary>A key made by a rotation elsewhere is seen at the latest after this time, or at the first token that uses it.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    /// <summary>However many tokens name unknown keys, the ring is read at most this often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly string _environment = options.Value.Environment;
    private volatile Snapshot _ring = new([], DateTimeOffset.MinValue);
    private Task? _reading;
    private DateTimeOffset _nextRead = DateTimeOffset.MinValue;
    private volatile bool _lastReadFailed;

    /// <summary>Whether tokens can be sealed and opened now.</summary>
    public bool IsReady => _ring.Sealing(time.GetUtcNow()) is not null;

    /// <summary>Opens a token without calling anything. Costs no allocation.</summary>
    public TokenOutcome TryOpen(ReadOnlySpan<char> text, DateTimeOffset now, Span<byte> secretHash, out SessionId id)
    {
        id = default;
        Span<byte> token = stackalloc byte[SessionToken.DecodedSize];
        if (!SessionToken.TryDecode(text, token, out var keyId)) return TokenOutcome.Invalid;
        foreach (ref readonly var entry in _ring.Keys.AsSpan())
        {
            if (entry.Key.KeyId != keyId) continue;
            if (now >= entry.RetiredFrom) return TokenOutcome.Invalid;
            return SessionToken.TryOpen(entry.Key, token, now, secretHash, out id) ? TokenOutcome.Opened : TokenOutcome.Invalid;
        }

        return TokenOutcome.UnknownKey;
    }

    /// <summary>The key that seals new tokens. Read before a session is opened, so that an outage is answered before anything was done.</summary>
    public async ValueTask<TokenKey> SealingKeyAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ring = _ring;
        if (!StoredTime.IsOpen(ring.StaleFrom, Freshness, now))
        {
            try
            {
                await ReadOnceAsync().WaitAsync(Timeout, time, cancellationToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException && ring.Sealing(now) is not null)
            {
                LogReadFailed(logger, failure);
            }
        }

        return _ring.Sealing(time.GetUtcNow()) ?? throw new StorageUnavailableException("No token key is available.");
    }

    /// <summary>Whether the ring was read anew, so that a token with an unknown key deserves another try.</summary>
    /// <exception cref="StorageUnavailableException">The ring cannot be read: the token may be genuine, so nobody is signed out for it.</exception>
    public async Task<bool> TryReadAgainAsync(CancellationToken cancellationToken)
    {
        Task reading;
        lock (_gate)
        {
            if (_reading is null && StoredTime.IsOpen(_nextRead, Pause, time.GetUtcNow()))
            {
                if (_lastReadFailed) throw new StorageUnavailableException("The token keys cannot be read.");
                return false;
            }

            reading = ReadOnceAsync();
        }

        try
        {
            await reading.WaitAsync(Timeout, time, cancellationToken);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StorageUnavailableException))
        {
            throw new StorageUnavailableException("The token keys cannot be read.", failure);
        }

        return true;
    }

    /// <summary>One read at a time, whoever asks.</summary>
    private Task ReadOnceAsync()
    {
        lock (_gate)
        {
            _nextRead = time.GetUtcNow() + Pause;
            return _reading ??= ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        try
        {
            var known = _ring;
            var wrapped = await grains.KeyRing(_environment).GetAsync(CancellationToken.None);
            _ring = new Snapshot([.. wrapped.Select(key => Unwrap(key, known))], time.GetUtcNow() + Freshness);
            _lastReadFailed = false;
        }
        catch
        {
            _lastReadFailed = true;
            throw;
        }
        finally
        {
            lock (_gate) _reading = null;
        }
    }

    private Entry Unwrap(WrappedKey wrapped, Snapshot known) => new(
        known.Find(wrapped.KeyId) ?? new TokenKey(wrapped.KeyId, master.Unwrap(wrapped.Wrapped.AsSpan(), KeyPurposes.Token), _environment),
        wrapped.ActiveFrom,
        wrapped.RetiredFrom);

    [LoggerMessage(1, LogLevel.Warning, "The token keys could not be read again; the known ones stay in use.", EventName = "TokenKeysNotRead")]
    private static partial void LogReadFailed(ILogger logger, Exception failure);

    private readonly record struct Entry(TokenKey Key, DateTimeOffset ActiveFrom, DateTimeOffset RetiredFrom);

    private sealed record Snapshot(ImmutableArray<Entry> Keys, DateTimeOffset StaleFrom)
    {
        public TokenKey? Find(uint keyId) => Keys.FirstOrDefault(entry => entry.Key.KeyId == keyId).Key;

        /// <summary>The newest of those in use. Where the clock has stepped back before all of them, the first: every host knows it longest.</summary>
        public TokenKey? Sealing(DateTimeOffset now)
        {
            var open = Keys.Where(entry => now < entry.RetiredFrom).OrderByDescending(entry => entry.ActiveFrom).ToList();
            return open.FirstOrDefault(entry => entry.ActiveFrom <= now, open.LastOrDefault()).Key;
        }
    }
}
