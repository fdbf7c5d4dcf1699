namespace Orleans.Runtime;

/// <summary>Values that flow with calls. What a callee sets is not seen by its caller.</summary>
public static class RequestContext
{
    private const string ReentrancyKey = "#CCR";

    private static readonly AsyncLocal<Dictionary<string, object>?> Values = new();

    public static IEnumerable<string> Keys => Current?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries => Current ?? Enumerable.Empty<KeyValuePair<string, object>>();

    public static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
            {
                Remove(ReentrancyKey);
            }
            else
            {
                Set(ReentrancyKey, value);
            }
        }
    }

    /// <summary>The values as one dictionary that is replaced, never changed, once it is set.</summary>
    internal static Dictionary<string, object>? Current
    {
        get => Values.Value;
        set => Values.Value = value;
    }

    public static object? Get(string key) => Current is { } values && values.TryGetValue(key, out var value) ? value : null;

    public static void Set(string key, object value)
        => Current = Current is { } values ? new Dictionary<string, object>(values, StringComparer.Ordinal) { [key] = value } : new(1, StringComparer.Ordinal) { [key] = value };

    public static bool Remove(string key)
    {
        if (Current is not { } values || !values.ContainsKey(key))
        {
            return false;
        }

        if (values.Count == 1)
        {
            Current = null;
            return true;
        }

        var rest = new Dictionary<string, object>(values, StringComparer.Ordinal);
        rest.Remove(key);
        Current = rest;
        return true;
    }

    public static void Clear()
    {
        if (Current is not null)
        {
            Current = null;
        }
    }

    /// <summary>Until disposed, calls that come back to this grain along this chain of calls may run beside the waiting one.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new ReentrancySection(original, original == Guid.Empty ? NewId() : original);
    }

    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    internal static Guid IdIn(Dictionary<string, object>? values) => values is not null && values.TryGetValue(ReentrancyKey, out var id) && id is Guid guid ? guid : Guid.Empty;

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>The extent of <see cref="AllowCallChainReentrancy"/>.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _new;

        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            (_original, _new) = (originalReentrancyId, newReentrancyId);
            if (_new != _original)
            {
                ReentrancyId = _new;
            }

            if (_new != Guid.Empty)
            {
                (RuntimeContext.Current as Activation.GrainActivation)?.EnterSection(_new);
            }
        }

        public void Dispose()
        {
            if (_new != Guid.Empty)
            {
                (RuntimeContext.Current as Activation.GrainActivation)?.LeaveSection(_new);
            }

            if (_new != _original)
            {
                ReentrancyId = _original;
            }
        }
    }
}
