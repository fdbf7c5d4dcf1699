using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Platform.Telemetry;

namespace Platform.Security;

public enum PasswordCheck
{
    Wrong = 0,
    Right = 1,

    /// <summary>Right, but hashed with parameters below today's: store it anew.</summary>
    RightButOutdated = 2,

    /// <summary>The queue is full; nothing was checked.</summary>
    Busy = 3,
}

/// <summary>
/// Hashes and verifies passwords with Argon2id (decision 0066) on a few threads of its own behind a bounded queue, so that a storm of
/// sign-ins cannot take the threads that validate sessions, and takes no more memory than the threads' (rows PWHASH, DDOS).
/// </summary>
public sealed class PasswordHashingQueue : IDisposable
{
    private readonly Channel<Action> _queue;
    private readonly Argon2Cost _cost;
    private readonly PlatformMetrics _metrics;
    private readonly TimeProvider _time;

    /// <summary>Its text is parsed anew at each use, as a stored one is.</summary>
    private readonly string _decoy;

    /// <exception cref="ArgumentOutOfRangeException">The cost is below the floor.</exception>
    public PasswordHashingQueue(IOptions<PasswordHashingOptions> options, PlatformMetrics metrics, TimeProvider time)
        : this(AtLeastTheFloor(options.Value), options.Value, metrics, time)
    {
    }

    /// <summary>Tests hash at any cost.</summary>
    internal PasswordHashingQueue(Argon2Cost cost, PasswordHashingOptions options, PlatformMetrics metrics, TimeProvider time)
    {
        (_cost, _metrics, _time, _decoy) = (cost, metrics, time, PasswordHash.Decoy(cost).Format());
        _queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(options.QueueLimit) { FullMode = BoundedChannelFullMode.Wait });
        for (var i = 0; i < options.Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = $"password hashing {i}" }.Start();
        }
    }

    /// <summary>Verifies against <paramref name="hash"/>, or against a hash that nothing matches when there is none: the work is the same.</summary>
    /// <exception cref="InvalidDataException">The stored hash is none; the work was the same.</exception>
    public async Task<PasswordCheck> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var result = await RunAsync(() => Verify(hash ?? _decoy, password), cancellationToken);
        return result switch
        {
            null => PasswordCheck.Busy,
            _ when hash is null => PasswordCheck.Wrong,
            { Malformed: true } => throw new InvalidDataException("A stored password hash is malformed."),
            { IsRight: false } => PasswordCheck.Wrong,
            { Cost: var cost } => cost.IsBelow(_cost) ? PasswordCheck.RightButOutdated : PasswordCheck.Right,
        };
    }

    /// <summary>Null when the queue is full.</summary>
    public async Task<string?> HashAsync(string password, CancellationToken cancellationToken) =>
        await RunAsync<HashedPassword>(() => new HashedPassword(PasswordHash.Of(PasswordPolicy.Normalise(password), _cost).Format()), cancellationToken) is { } hashed
            ? hashed.Text
            : null;

    public void Dispose() => _queue.Writer.TryComplete();

    private readonly record struct HashedPassword(string Text);

    private readonly record struct Verified(bool IsRight, Argon2Cost Cost, bool Malformed);

    private static Argon2Cost AtLeastTheFloor(PasswordHashingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryKiB, PasswordHashingOptions.MinMemoryKiB);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Passes, PasswordHashingOptions.MinPasses);
        return new Argon2Cost(options.MemoryKiB, options.Passes);
    }

    private Verified Verify(string hash, string password)
    {
        var malformed = !PasswordHash.TryParse(hash, out var stored);
        stored ??= PasswordHash.Decoy(_cost);
        return new Verified(stored.Verify(PasswordPolicy.Normalise(password)), stored.Cost, malformed);
    }

    private async Task<T?> RunAsync<T>(Func<T> hash, CancellationToken cancellationToken) where T : struct
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var accepted = _queue.Writer.TryWrite(() =>
        {
            // Who went away meanwhile costs no hash.
            if (cancellationToken.IsCancellationRequested)
            {
                done.TrySetCanceled(cancellationToken);
                return;
            }

            try
            {
                var started = _time.GetTimestamp();
                var result = hash();
                _metrics.PasswordHashed(_time.GetElapsedTime(started));
                done.TrySetResult(result);
            }
            catch (Exception failure)
            {
                done.TrySetException(failure);
            }
        });
        return accepted ? await done.Task : null;
    }

    private void Work()
    {
        HashingPriority.LowerThisThread();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var hash)) hash();
        }
    }
}
