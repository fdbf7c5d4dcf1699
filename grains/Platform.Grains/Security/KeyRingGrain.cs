using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Clocks;
using Platform.State;

namespace Platform.Security;

/// <summary>
/// Makes a new token key each week. It is announced ten minutes before it seals, so that every host knows it first, and the one before opens tokens
/// for a day and an hour more: longer than any session lives.
/// </summary>
internal sealed class KeyRingGrain(
    [CommittedState(StateNames.KeyRing)] Committed<StoredKeyRing> state,
    MasterKey master,
    TimeProvider time) : Grain, IKeyRingGrain, IWrappedTokenKeysGrain
{
    private static readonly TimeSpan Rotation = TimeSpan.FromDays(7);
    private static readonly TimeSpan StartupBanner = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(25);

    public async Task<ImmutableArray<WrappedKey>> GetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var stored = state.Value?.Keys ?? [];
        var keys = AsOf(stored, now);
        if (keys.IsEmpty || now >= keys[^1].ActiveFrom + Rotation) keys = Rotate(keys, now);
        if (keys != stored)
        {
            await state.CommitAsync(new StoredKeyRing { Keys = keys }, cancellationToken);
        }

        return [.. keys.Where(k => k.RetiredFrom > now)];
    }

    /// <remarks>The new one takes over in ten minutes: whoever has the former master key and a copy of the state opens no token that is sealed from then on.</remarks>
    public async Task RewrapAsync(CancellationToken cancellationToken)
    {
        var keys = state.Value?.Keys ?? [];
        if (keys.All(key => master.IsByCurrent(key.Wrapped.AsSpan()))) return;
        var again = ImmutableArray.CreateRange(keys, key => key with { Wrapped = master.Rewrap(key.Wrapped.AsSpan(), KeyPurposes.Token) });
        await state.CommitAsync(new StoredKeyRing { Keys = Rotate(AsOf(again, time.GetUtcNow()), time.GetUtcNow()) }, cancellationToken);
    }

    /// <summary>A key that was made under a clock ahead of now is in use from now on, and what it replaces retires by that.</summary>
    private static ImmutableArray<WrappedKey> AsOf(ImmutableArray<WrappedKey> keys, DateTimeOffset now)
    {
        if (!keys.Any(k => StoredTime.IsAhead(k.ActiveFrom - StartupBanner, now))) return keys;
        return [.. keys.Select(k => k with
        {
            ActiveFrom = StoredTime.IsAhead(k.ActiveFrom - StartupBanner, now) ? now : k.ActiveFrom,
            RetiredFrom = k.RetiredFrom != DateTimeOffset.MaxValue && StoredTime.IsAhead(k.RetiredFrom - Overlap - StartupBanner, now) ? now + Overlap : k.RetiredFrom,
        })];
    }

    private ImmutableArray<WrappedKey> Rotate(ImmutableArray<WrappedKey> keys, DateTimeOffset now)
    {
        var open = keys.Where(k => k.RetiredFrom > now).ToArray();
        var activeFrom = open.Length == 0 ? now : now + StartupBanner;
        var fresh = new WrappedKey
        {
            KeyId = NewKeyId(keys),
            Wrapped = master.WrapNewKey(KeyPurposes.Token),
            ActiveFrom = activeFrom,
            RetiredFrom = DateTimeOffset.MaxValue,
        };
        return [.. open.Select(k => k.RetiredFrom == DateTimeOffset.MaxValue ? k with { RetiredFrom = activeFrom + Overlap } : k), fresh];
    }

    private static uint NewKeyId(ImmutableArray<WrappedKey> keys)
    {
        Span<byte> bytes = stackalloc byte[4];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            var id = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            if (keys.All(k => k.KeyId != id)) return id;
        }
    }
}
