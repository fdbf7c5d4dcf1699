using System.Collections.Concurrent;
using System.Collections.Immutable;
using Platform.Cluster;

namespace Platform.Security;

/// <param name="Subject">Whom the key is about: the id of a user or tenant.</param>
/// <param name="Wrapped">By the master key; null when it was destroyed.</param>
internal sealed record DataKeyRow(string Subject, ImmutableArray<byte>? Wrapped);

/// <summary>The table of data keys. A subject has one key for ever, or none any more.</summary>
internal interface IDataKeyTable
{
    Task<IReadOnlyList<DataKeyRow>> FindAsync(IReadOnlyList<string> subjects, CancellationToken cancellationToken);

    /// <summary>Subjects that have a key, or had one, keep what they have.</summary>
    Task AddAsync(IReadOnlyList<DataKeyRow> keys, CancellationToken cancellationToken);

    Task DestroyAsync(IReadOnlyList<string> subjects, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>
/// A 256-bit key for each user and tenant, wrapped by the master key. What is sealed with it becomes unreadable, wherever it lies, when the key is
/// destroyed (row PRIVACY). The table decides; what was read from it is believed for a minute. Every node of a cluster learns of a destroyed one.
/// </summary>
internal sealed class DataKeys(IDataKeyTable table, MasterKey master, TimeProvider time, IClusterBroadcast broadcast)
{
    private const int MaxKept = 20_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Subjects whose key was destroyed, here or on another node. Reads of their keys that are cached or under way are ignored.</summary>
    private readonly ConcurrentDictionary<string, bool> _destroyed = new(StringComparer.Ordinal);

    private volatile int _reading;

    /// <summary>For which the master key wraps the key of a subject.</summary>
    public static string PurposeOf(string subject) => "data-key:" + subject;

    /// <summary>The keys of all these subjects; null for a destroyed one. Missing ones are made, and are on disk when this returns.</summary>
    /// <param name="subjects">Whose keys are needed.</param>
    /// <param name="decoys">Looked for like the others, and not made where there are none.</param>
    public async ValueTask<IReadOnlyDictionary<string, byte[]?>> EnsureAsync(
        IReadOnlyCollection<string> subjects, IReadOnlyCollection<string> decoys, CancellationToken cancellationToken)
    {
        var found = await FindAsync(decoys.Count == 0 ? subjects : [.. subjects.Union(decoys, StringComparer.Ordinal)], believeAbsence: true, cancellationToken);
        foreach (var absent in decoys.Where(subject => !found.ContainsKey(subject))) _known[absent] = new Known(null, time.GetTimestamp(), Exists: false);
        var missing = subjects.Where(subject => !found.ContainsKey(subject)).ToArray();
        if (missing.Length == 0) return found;
        await table.AddAsync([.. missing.Select(subject => new DataKeyRow(subject, master.WrapNewKey(PurposeOf(subject))))], cancellationToken);
        foreach (var subject in missing) _known.TryRemove(subject, out _);
        // Another one may have been first: what the table holds counts.
        return await FindAsync(subjects, cancellationToken);
    }

    /// <summary>The keys of those subjects that have one or had one. What is known to be absent is looked for again: another node may have made it.</summary>
    public ValueTask<IReadOnlyDictionary<string, byte[]?>> FindAsync(IReadOnlyCollection<string> subjects, CancellationToken cancellationToken) =>
        FindAsync(subjects, believeAbsence: false, cancellationToken);

    private async ValueTask<IReadOnlyDictionary<string, byte[]?>> FindAsync(IReadOnlyCollection<string> subjects, bool believeAbsence, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]?>(subjects.Count, StringComparer.Ordinal);
        List<string>? unknown = null;
        foreach (var subject in subjects)
        {
            if (_destroyed.ContainsKey(subject)) found[subject] = null;
            else if (!_known.TryGetValue(subject, out var known) || time.GetElapsedTime(known.ReadAt) >= Freshness) (unknown ??= []).Add(subject);
            else if (known.Exists) found[subject] = known.Key;
            else if (!believeAbsence) (unknown ??= []).Add(subject);
        }

        if (unknown is null) return found;
        var (now, reading) = (time.GetTimestamp(), _reading);
        if (_known.Count + unknown.Count > MaxKept) _known.Clear();
        foreach (var row in await table.FindAsync(unknown, cancellationToken))
        {
            var key = row.Wrapped is { } wrapped && !_destroyed.ContainsKey(row.Subject) ? master.Unwrap(wrapped.AsSpan(), PurposeOf(row.Subject)) : null;
            if (reading == _reading) _known[row.Subject] = new Known(key, now);
            found[row.Subject] = key;
        }

        return found;
    }

    /// <summary>For ever. What was sealed with it is lost; nothing is sealed for this subject again.</summary>
    public Task DestroyAsync(string subject, CancellationToken cancellationToken) => DestroyAsync([subject], cancellationToken);

    /// <inheritdoc cref="DestroyAsync(string, CancellationToken)"/>
    public async Task DestroyAsync(IReadOnlyList<string> subjects, CancellationToken cancellationToken)
    {
        if (subjects.Count == 0) return;
        foreach (var subject in subjects) _destroyed[subject] = true;
        await table.AddAsync([.. subjects.Select(subject => new DataKeyRow(subject, Wrapped: null))], cancellationToken);
        await table.DestroyAsync(subjects, time.GetUtcNow(), cancellationToken);
        foreach (var subject in subjects) _known.TryRemove(subject, out _);
        await Task.WhenAll(subjects.Select(broadcast.PublishKeyDestroyedAsync));
    }

    /// <summary>Another node has destroyed this one.</summary>
    public void Forget(string subject)
    {
        _destroyed[subject] = true;
        _known.TryRemove(subject, out _);
    }

    /// <summary>This process may have missed what others destroyed: the table is asked again for each, also for what is just being read.</summary>
    public void ForgetAll()
    {
        Interlocked.Increment(ref _reading);
        _known.Clear();
    }

    private readonly record struct Known(byte[]? Key, long ReadAt, bool Exists = true);
}
