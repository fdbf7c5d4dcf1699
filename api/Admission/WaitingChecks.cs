using Microsoft.Net.Http.Headers;

namespace Platform.Api.Admission;

/// <summary>
/// How many checks of a session wait for its grain at this moment (threat T69). Sessions share 1,024 counts by their credential, so that the memory is fixed. A check of a session in memory costs one
/// look at a number, while few wait in all: nothing is counted for it, nothing locked, nothing allocated.
/// </summary>
internal sealed class WaitingChecks(int limit)
{
    private const int Counts = 1_024;

    private readonly int[] _counts = new int[Counts];
    private int _all;

    /// <summary>As many wait for this session as may.</summary>
    public bool IsCrowded(HttpContext context) => Volatile.Read(ref _all) >= limit && Volatile.Read(ref _counts[IndexOf(context)]) >= limit;

    /// <summary>Counts it while it waits.</summary>
    public async Task FollowAsync(HttpContext context, Task check)
    {
        var index = IndexOf(context);
        Interlocked.Increment(ref _all);
        Interlocked.Increment(ref _counts[index]);
        try
        {
            await check;
        }
        finally
        {
            Interlocked.Decrement(ref _counts[index]);
            Interlocked.Decrement(ref _all);
        }
    }

    private static int IndexOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        var credential = headers.TryGetValue(HeaderNames.Authorization, out var bearer) && bearer.Count > 0 ? bearer[0] : headers.Cookie.Count > 0 ? headers.Cookie[0] : null;
        return (int)((uint)(credential?.GetHashCode(StringComparison.Ordinal) ?? 0) % Counts);
    }
}
