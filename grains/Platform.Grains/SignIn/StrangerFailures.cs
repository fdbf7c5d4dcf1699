namespace Platform.SignIn;

/// <summary>Budgets of failures, see <see cref="SignInOptions"/>.</summary>
/// <param name="PerNetwork">Of a network from which nobody got in.</param>
/// <param name="InAll">From which on networks have <see cref="StrangerFailures.WhileSprayed"/>; null: never.</param>
internal readonly record struct StrangerBudget(int PerNetwork, int? InAll);

/// <summary>
/// What people whom an account does not know have got wrong, at one tenant or from one network: slows down whoever tries one password at many names (threat T6), without locking anybody out: each network has a
/// few tries, whatever others do (threat T7). An attempt is charged before it is evaluated, and given back when it succeeds, so that parallel ones cannot exceed the budget. In memory, and bounded. Pure.
/// </summary>
internal sealed class StrangerFailures(StrangerBudget budget)
{
    /// <summary>What a network without a success has while a tenant is sprayed: enough for somebody who mistypes.</summary>
    public const int WhileSprayed = 3;

    /// <summary>A network from which somebody got in has so many times the budget: an office, a provider.</summary>
    public const int KnownFactor = 5;

    public const int MaxNetworks = 4_096;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Acquaintance = TimeSpan.FromDays(30);

    /// <summary>Where only attempts that are under way fill the budget.</summary>
    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Network> _networks = new(StringComparer.Ordinal);
    private DateTimeOffset _windowStart;
    private int _failures;
    private DateTimeOffset? _sprayedSince;

    public int Count => _networks.Count;

    /// <summary>Admitted where <see cref="Admission.Wait"/> is null; then it must be concluded.</summary>
    public Admission Admit(string network, DateTimeOffset now)
    {
        var found = Find(network, now);
        var most = BudgetOf(found, now);
        if (found.Failures >= most)
        {
            var first = !found.IsRefused;
            found.IsRefused = true;
            return new Admission(found.WindowStart + Window - now, first);
        }

        if (found.Failures + found.Running >= most) return new Admission(ComeBack);
        found.Running++;
        return new Admission(null);
    }

    /// <summary>The outcome of an admitted attempt; null: it was not evaluated.</summary>
    /// <returns>From now on the tenant is taken to be sprayed: worth telling.</returns>
    public bool Conclude(string network, bool? succeeded, DateTimeOffset now)
    {
        var found = Find(network, now);
        found.Running = Math.Max(0, found.Running - 1);
        if (succeeded == true) found.SucceededAt = now;
        if (succeeded != false) return false;
        found.Failures++;
        if (IsOver(_windowStart, now)) (_windowStart, _failures) = (now, 0);
        if (++_failures < budget.InAll || budget.InAll is null) return false;
        (_windowStart, _failures) = (now, 0);
        var begins = !IsSprayed(now);
        _sprayedSince = now;
        return begins;
    }

    private static bool IsOver(DateTimeOffset windowStart, DateTimeOffset now) => now < windowStart || now - windowStart >= Window;

    private bool IsSprayed(DateTimeOffset now) => _sprayedSince is { } since && !IsOver(since, now);

    private int BudgetOf(Network network, DateTimeOffset now)
    {
        if (network.SucceededAt is { } at && now - at < Acquaintance) return budget.PerNetwork * KnownFactor;
        return IsSprayed(now) ? Math.Min(WhileSprayed, budget.PerNetwork) : budget.PerNetwork;
    }

    private Network Find(string network, DateTimeOffset now)
    {
        if (!_networks.TryGetValue(network, out var found))
        {
            MakeRoom(now);
            _networks.Add(network, found = new Network { WindowStart = now });
        }

        if (IsOver(found.WindowStart, now)) (found.WindowStart, found.Failures, found.Running, found.IsRefused) = (now, 0, 0, false);
        return found;
    }

    /// <summary>Forgets networks that matter no more, and else those that have failed least, longest ago.</summary>
    private void MakeRoom(DateTimeOffset now)
    {
        if (_networks.Count < MaxNetworks) return;
        foreach (var (name, _) in _networks.Where(known => IsOver(known.Value.WindowStart, now) && known.Value.SucceededAt is null).ToArray()) _networks.Remove(name);
        if (_networks.Count < MaxNetworks) return;
        foreach (var (name, _) in _networks.OrderBy(known => known.Value.SucceededAt is not null).ThenBy(known => known.Value.Failures).ThenBy(known => known.Value.WindowStart).Take(MaxNetworks / 8).ToArray())
        {
            _networks.Remove(name);
        }
    }

    private sealed class Network
    {
        public DateTimeOffset WindowStart { get; set; }

        public int Failures { get; set; }

        public int Running { get; set; }

        public bool IsRefused { get; set; }

        public DateTimeOffset? SucceededAt { get; set; }
    }
}
