using System.Collections.Immutable;
using Platform.Audit;

namespace Platform.Journal;

/// <summary>What the journal knows of one access log since a backup.</summary>
/// <param name="Events">In the order in which they counted.</param>
/// <param name="IsWhole">They follow from the end of the log in the backup without a hole.</param>
/// <param name="From">Sequence of the first one that the backup does not have; 0 where there is none.</param>
/// <param name="To">Of the last one.</param>
internal sealed record TenantHistory(ImmutableArray<JournalEvent> Events, bool IsWhole, long From, long To)
{
    public static readonly TenantHistory Empty = new([], true, 0, 0);

    /// <param name="found">Events of one tenant.</param>
    /// <param name="withdrawn">Hashes of those that the table did not take.</param>
    /// <param name="since">When the backup was made.</param>
    /// <param name="headSequence">Of the last event in the backup.</param>
    /// <param name="headHash">Of the same, in hex.</param>
    /// <returns>First those that the backup has, too: what the last of them did may be missing there.</returns>
    public static TenantHistory Of(IEnumerable<JournalEvent> found, IReadOnlySet<string> withdrawn, DateTimeOffset since, long headSequence, string headHash)
    {
        var all = found.Where(one => !withdrawn.Contains(one.Hash)).DistinctBy(one => one.Hash).ToArray();
        var known = all.Where(one => one.Sequence <= headSequence).OrderBy(one => one.Sequence).ThenBy(one => one.At).ToArray();
        var later = all.Where(one => one.Sequence > headSequence).ToArray();
        var chain = new Chain(later);
        chain.Follow(headHash);

        // What is older than the backup and does not lead to it was lost by a restore before it was made.
        var apart = later.Except(chain.Counted).Where(one => one.At >= since).ToArray();
        List<JournalEvent> counted = apart.Length == 0 ? chain.Counted : [.. chain.Counted.Concat(apart).OrderBy(one => one.At).ThenBy(one => one.Sequence)];
        return counted.Count == 0
            ? Empty with { Events = [.. known] }
            : new TenantHistory([.. known, .. counted], apart.Length == 0, counted.Min(one => one.Sequence), counted.Max(one => one.Sequence));
    }

    /// <summary>
    /// Where several events follow from the same one, an earlier restore has lost all but the last branch, or a process went down before the table had what stands in the journal. All of them count: somebody
    /// wanted it. The branch that went on comes last, and has the last word.
    /// </summary>
    private sealed class Chain
    {
        private readonly ILookup<string, JournalEvent> _after;
        private readonly Dictionary<string, long> _reach = new(StringComparer.Ordinal);

        public Chain(JournalEvent[] events)
        {
            _after = events.ToLookup(one => one.Previous, StringComparer.Ordinal);
            foreach (var one in events.OrderByDescending(one => one.Sequence)) _reach[one.Hash] = _after[one.Hash].Select(next => _reach[next.Hash]).Append(one.Sequence).Max();
        }

        public List<JournalEvent> Counted { get; } = [];

        public void Follow(string hash)
        {
            while (_after[hash].OrderBy(one => one.Action == AuditActions.TenantRestored).ThenBy(one => _reach[one.Hash]).ThenBy(one => one.At).ToArray() is { Length: > 0 } next)
            {
                foreach (var other in next[..^1])
                {
                    Counted.Add(other);
                    Follow(other.Hash);
                }

                Counted.Add(next[^1]);
                hash = next[^1].Hash;
            }
        }
    }
}
