using System.Buffers.Binary;
using System.Threading.Channels;
using Platform.Api.Problems;
using Platform.Api.Requests;
using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Api.DeniedRequests;

/// <summary>
/// Refused calls of people who hold something genuine: a token whose session is over, or a live session without the right. Each is written to the access log once
/// (decision 0036), in the background: what is refused is refused, whether or not it can be logged.
/// </summary>
/// <remarks>A flood of refused calls costs one lookup each and one entry; what waits and what is remembered is bounded.</remarks>
internal sealed class DeniedRequestQueue(PlatformMetrics metrics, TimeProvider time)
{
    private const int MaxWaiting = 1_000;
    private const int MaxRemembered = 100_000;

    /// <summary>Longer than any token opens.</summary>
    private static readonly TimeSpan PauseOfAToken = TimeSpan.FromHours(25);
    private static readonly TimeSpan PauseOfAnOperation = TimeSpan.FromMinutes(1);

    private readonly RecentlyReported<(UInt128 Token, SessionState? Elsewhere)> _tokens = new(MaxRemembered);
    private readonly RecentlyReported<(string Who, string Operation)> _operations = new(MaxRemembered);
    private readonly Channel<RefusedCall> _waiting = Channel.CreateBounded<RefusedCall>(MaxWaiting);

    public ChannelReader<RefusedCall> Waiting => _waiting.Reader;

    /// <summary>A genuine token was refused.</summary>
    /// <param name="session">Whose it is.</param>
    /// <param name="secretHash">Of the secret in it.</param>
    /// <param name="elsewhere">The session lives, and was refused where it was used: why.</param>
    /// <param name="context">The request.</param>
    public void ReportRejected(SessionId session, ReadOnlySpan<byte> secretHash, SessionState? elsewhere, HttpContext context)
    {
        var key = (BinaryPrimitives.ReadUInt128LittleEndian(secretHash), elsewhere);
        if (!_tokens.TryAdd(key, time.GetUtcNow(), PauseOfAToken)) return;
        var (hash, client) = (ImmutableArray.Create(secretHash), Client.Of(context));
        Enqueue(new RefusedCall((grains, cancel) => grains.Session(session).ReportRefusedAsync(hash, elsewhere, client, cancel), () => _tokens.Remove(key)));
    }

    /// <summary>Whether a request was refused because its caller lacked the right to what it asked for.</summary>
    public static bool IsForbidden(HttpContext context) =>
        context.Response.StatusCode is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound && context.Features.Get<MissingPermission>() is not null;

    /// <summary>A caller lacked the right to what it asked for.</summary>
    public void ReportForbidden(Actor actor, HttpContext context)
    {
        var operation = $"{context.Request.Method} {RouteText.Of(context)}";
        var key = (actor.ApiKey?.ToString() ?? actor.SessionId.ToString(), operation);
        if (!_operations.TryAdd(key, time.GetUtcNow(), PauseOfAnOperation)) return;
        Enqueue(new RefusedCall((grains, cancel) => grains.RefusalLog().ReportForbiddenAsync(actor, operation, cancel), () => _operations.Remove(key)));
    }

    private void Enqueue(RefusedCall call)
    {
        if (_waiting.Writer.TryWrite(call)) return;
        call.Forget();
        metrics.DeniedRequestsRecorded(1, "dropped");
    }
}

/// <param name="WriteAsync">Writes the entry.</param>
/// <param name="Forget">Called when it could not be logged: the next such call tries again.</param>
internal sealed record RefusedCall(Func<IGrainFactory, CancellationToken, Task> WriteAsync, Action Forget);
