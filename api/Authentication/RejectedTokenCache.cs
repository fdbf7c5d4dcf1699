using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Platform.Api.Authentication;

/// <summary>
/// Genuine tokens whose sessions are over, so that replaying one does not activate its grain each time (threat T34). An end is final and a new
/// secret makes a new hash, so an entry is never wrong; it is forgotten after one to two minutes, or when too many come.
/// </summary>
/// <remarks>Two generations of at most 50,000 entries: some 10 MB at worst. Reading takes no lock.</remarks>
internal sealed class RejectedTokenCache(TimeProvider time)
{
    private const int Capacity = 50_000;
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private volatile Generations _generations = new([], [], DateTimeOffset.MinValue);

    public bool Contains(ReadOnlySpan<byte> secretHash)
    {
        var generations = _generations;
        if (generations.Young.IsEmpty && generations.Old.IsEmpty) return false;
        var (key, now) = (BinaryPrimitives.ReadUInt128LittleEndian(secretHash), time.GetUtcNow());
        return (now < generations.TurnAt + Age && generations.Young.ContainsKey(key)) || (now < generations.TurnAt && generations.Old.ContainsKey(key));
    }

    public void Add(ReadOnlySpan<byte> secretHash)
    {
        var generations = _generations;
        var now = time.GetUtcNow();
        if (now >= generations.TurnAt || generations.Young.Count >= Capacity)
        {
            lock (_gate)
            {
                if (ReferenceEquals(generations, _generations)) _generations = new([], generations.Young, now + Age);
                generations = _generations;
            }
        }

        generations.Young.TryAdd(BinaryPrimitives.ReadUInt128LittleEndian(secretHash), 0);
    }

    private sealed record Generations(ConcurrentDictionary<UInt128, byte> Young, ConcurrentDictionary<UInt128, byte> Old, DateTimeOffset TurnAt);
}
