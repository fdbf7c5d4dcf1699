using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Platform.Clocks;

namespace Platform.SignIn;

/// <summary>What is remembered of one network that tried to sign in to one account.</summary>
/// <param name="Network">An IPv4 address or an IPv6 /64; <see cref="SignInThrottleState.Strangers"/> for all that never succeeded, taken together.</param>
/// <param name="Failures">Since the window began.</param>
/// <param name="WindowStart">First of these failures.</param>
/// <param name="BlockedUntil">No attempt is evaluated before.</param>
/// <param name="Strikes">How often it was blocked without a success in between; each doubles the next block.</param>
/// <param name="SucceededAt">Last success: from then on the network has a budget of its own that strangers cannot use up.</param>
internal sealed record NetworkRecord(
    string Network, int Failures, DateTimeOffset WindowStart, DateTimeOffset BlockedUntil, int Strikes, DateTimeOffset? SucceededAt);

/// <summary>
/// How guesses at one account are slowed down (rows NOTIFY, DDOS; ASVS 6.3.1, NIST SP 800-63B-4 section 3.2.2). Pure: the grain keeps and writes it.
/// </summary>
/// <remarks>
/// Five failures of one network within 15 minutes block it for a minute, each further round for twice as long, up to an hour. Networks that never succeeded
/// share a second budget of 20, so that many addresses do not get five each. A network from which the owner has signed in answers for itself only:
/// guessing from elsewhere does not lock it out, and nobody is locked out for good.
/// </remarks>
internal sealed record SignInThrottleState
{
    /// <summary>Stands for all networks without a success.</summary>
    public const string Strangers = "*";

    public const int FailuresPerNetwork = 5;
    public const int FailuresOfStrangers = 20;
    private const int MaxNetworks = 32;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan LongestBlock = TimeSpan.FromHours(1);

    /// <summary>How long a network stays known after its last success.</summary>
    public static readonly TimeSpan Acquaintance = TimeSpan.FromDays(30);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan FirstBlock = TimeSpan.FromMinutes(1);

    public ImmutableArray<NetworkRecord> Networks { get; init; } = [];

    /// <summary>Times of the latest failures, at most five, from wherever.</summary>
    public ImmutableArray<DateTimeOffset> RecentFailures { get; init; } = [];

    /// <summary>A notification about failures is to be written; set with the failure that asks for it, cleared when it is in the outbox.</summary>
    public bool NotificationDue { get; init; }

    public DateTimeOffset? NotifiedAt { get; init; }

    /// <summary>Nothing in it matters later than this from when it was written.</summary>
    public static readonly TimeSpan Relevance = Acquaintance;

    /// <summary>Nothing in it matters after this time.</summary>
    [JsonIgnore]
    public DateTimeOffset RelevantUntil => Networks.Select(n => Max(n.BlockedUntil, Max(After(n.WindowStart, 2 * LongestBlock), n.SucceededAt + Acquaintance)))
        .Append(NotifiedAt + Window ?? DateTimeOffset.MinValue).Max();

    /// <summary>Without times that a clock ahead of now has stored; the same value when there are none. A block lasts no longer from now than its own length.</summary>
    public SignInThrottleState AsOf(DateTimeOffset now)
    {
        var failures = StoredTime.Past(RecentFailures, now);
        var ahead = failures != RecentFailures || (NotifiedAt is { } notified && StoredTime.IsAhead(notified, now)) || Networks.Any(n => n != AsOf(n, now));
        return !ahead ? this : this with
        {
            Networks = [.. Networks.Select(n => AsOf(n, now))],
            RecentFailures = failures,
            NotifiedAt = NotifiedAt is { } at ? StoredTime.Past(at, now) : null,
        };
    }

    /// <summary>How long this network must wait; null when an attempt may be evaluated now.</summary>
    public TimeSpan? WaitFor(string network, DateTimeOffset now)
    {
        var until = Find(network).BlockedUntil;
        if (!IsKnown(network, now)) until = Max(until, Find(Strangers).BlockedUntil);
        return until > now ? until - now : null;
    }

    /// <summary>How many attempts of this network may be evaluated side by side without exceeding its budget, should all fail.</summary>
    public int Slots(string network, DateTimeOffset now)
    {
        var own = FailuresPerNetwork - Current(network, now).Failures;
        if (!IsKnown(network, now)) own = Math.Min(own, FailuresOfStrangers - Current(Strangers, now).Failures);
        return Math.Max(1, own);
    }

    public SignInThrottleState Failed(string network, DateTimeOffset now)
    {
        var next = With(Failed(Current(network, now), FailuresPerNetwork, now));
        if (!IsKnown(network, now)) next = next.With(Failed(Current(Strangers, now), FailuresOfStrangers, now));
        var recent = next.RecentFailures.Add(now);
        if (recent.Length > FailuresPerNetwork) recent = recent.RemoveAt(0);
        var notify = recent.Length == FailuresPerNetwork && now - recent[0] < Window && (NotifiedAt is null || now - NotifiedAt >= Window);
        return next with { RecentFailures = recent, NotificationDue = NotificationDue || notify, NotifiedAt = notify ? now : NotifiedAt };
    }

    /// <summary>The same value when nothing worth writing has changed: a known network without failures, seen within a day.</summary>
    public SignInThrottleState Succeeded(string network, DateTimeOffset now)
    {
        var record = Find(network);
        if (record is { Failures: 0, Strikes: 0, SucceededAt: { } last } && now - last < Day) return this;
        return With(record with { Failures = 0, WindowStart = now, BlockedUntil = DateTimeOffset.MinValue, Strikes = 0, SucceededAt = now });
    }

    private static NetworkRecord Failed(NetworkRecord before, int budget, DateTimeOffset now)
    {
        var failures = before.Failures + 1;
        if (failures < budget) return before with { Failures = failures };
        return before with { Failures = 0, WindowStart = now, BlockedUntil = now + LengthOf(before.Strikes), Strikes = before.Strikes + 1 };
    }

    private static NetworkRecord AsOf(NetworkRecord record, DateTimeOffset now) => record with
    {
        WindowStart = StoredTime.Past(record.WindowStart, now),
        BlockedUntil = record.Strikes == 0 ? record.BlockedUntil : StoredTime.EndOf(record.BlockedUntil, LengthOf(record.Strikes - 1), now),
        SucceededAt = record.SucceededAt is { } at ? StoredTime.Past(at, now) : null,
    };

    private static TimeSpan LengthOf(int strikesBefore) => ExponentialBackoff.After(FirstBlock, strikesBefore, LongestBlock);

    /// <summary>The owner has signed in from there lately.</summary>
    public bool IsKnown(string network, DateTimeOffset now) => Find(network).SucceededAt is { } succeeded && now - succeeded < Acquaintance;

    private NetworkRecord Find(string network) => Networks.FirstOrDefault(n => n.Network == network) ?? Unseen(network);

    /// <summary>The record with failures of a window that is over forgotten, and strikes after a long peace.</summary>
    private NetworkRecord Current(string network, DateTimeOffset now)
    {
        var record = Find(network);
        if (now - record.WindowStart < Window) return record;
        return record with { Failures = 0, WindowStart = now, Strikes = now - Max(record.WindowStart, record.BlockedUntil) < 2 * LongestBlock ? record.Strikes : 0 };
    }

    private SignInThrottleState With(NetworkRecord record)
    {
        var others = Networks.RemoveAll(n => n.Network == record.Network);
        if (others.Length >= MaxNetworks)
        {
            // The least useful goes first: no success, longest ago. The strangers' budget always stays.
            var dropped = others.Where(n => n.Network != Strangers).OrderBy(n => n.SucceededAt ?? DateTimeOffset.MinValue).ThenBy(n => Max(n.WindowStart, n.BlockedUntil)).First();
            others = others.Remove(dropped);
        }

        return this with { Networks = others.Add(record) };
    }

    private static NetworkRecord Unseen(string network) => new(network, 0, DateTimeOffset.MinValue, DateTimeOffset.MinValue, 0, null);

    private static DateTimeOffset After(DateTimeOffset time, TimeSpan by) => time == DateTimeOffset.MinValue ? time : time + by;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset? b) => b > a ? b.Value : a;
}
