using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Platform.Telemetry;

namespace Platform.Security;

public enum PasswordCheck
{
    Wrong = 0,
    Right = 1,

    /// <summary>Right, but hashed with parameters below today's: store it anew.</summary>
    RightButOutdated = 2,

    /// <summary>The lane is full; nothing was checked.</summary>
    Busy = 3,
}

/// <summary>Section <c>Platform:Passwords</c> (row PWHASH).</summary>
public sealed class PasswordHashingOptions
{
    public const string Section = PlatformOptions.Section + ":Passwords";

    /// <summary>OWASP Password Storage Cheat Sheet: the least for PBKDF2-HMAC-SHA512.</summary>
    public const int MinIterations = 210_000;

    /// <summary>PBKDF2-HMAC-SHA512 iterations. Raising it rehashes each password at its next sign-in. Default and least 210,000.</summary>
    public int Iterations { get; set; } = MinIterations;

    /// <summary>Threads that hash, apart from those that serve requests and grains. Default: all cores but one, at least one.</summary>
    public int Threads { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Hashes that may wait; one more is answered 503 at once. Default 64, 1 to 10,000.</summary>
    public int QueueLimit { get; set; } = 64;
}

internal sealed class PasswordHashingOptionsValidator : IValidateOptions<PasswordHashingOptions>
{
    public ValidateOptionsResult Validate(string? name, PasswordHashingOptions options)
    {
        var errors = new List<string>();
        if (options.Iterations is < PasswordHashingOptions.MinIterations or > 100_000_000)
        {
            errors.Add($"{PasswordHashingOptions.Section}:Iterations must be {PasswordHashingOptions.MinIterations} to 100000000.");
        }

        if (options.Threads is < 1 or > 256) errors.Add($"{PasswordHashingOptions.Section}:Threads must be 1 to 256.");
        if (options.QueueLimit is < 1 or > 10_000) errors.Add($"{PasswordHashingOptions.Section}:QueueLimit must be 1 to 10000.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}

/// <summary>
/// Hashes and verifies passwords with ASP.NET Core Identity's hasher on a lane of its own: a few threads behind a bounded queue, so that a storm of
/// sign-ins cannot take the threads that validate sessions (rows PWHASH, DDOS).
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    private static readonly object NoUser = new();

    private readonly Channel<Action> _queue;
    private readonly PasswordHasher<object> _hasher;
    private readonly PlatformMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Lazy<string> _dummy;

    public PasswordHashing(IOptions<PasswordHashingOptions> options, PlatformMetrics metrics, TimeProvider time)
    {
        (_metrics, _time) = (metrics, time);
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.Iterations }));
        _dummy = new Lazy<string>(() => _hasher.HashPassword(NoUser, Convert.ToHexString(RandomNumberGenerator.GetBytes(32))));
        _queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(options.Value.QueueLimit) { FullMode = BoundedChannelFullMode.Wait });
        for (var i = 0; i < options.Value.Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = $"password hashing {i}" }.Start();
        }
    }

    /// <summary>Verifies against <paramref name="hash"/>, or against a hash that nothing matches when there is none: the work is the same.</summary>
    public async Task<PasswordCheck> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var result = await RunAsync(() => _hasher.VerifyHashedPassword(NoUser, hash ?? _dummy.Value, PasswordPolicy.Normalise(password)), cancellationToken);
        return result switch
        {
            null => PasswordCheck.Busy,
            _ when hash is null => PasswordCheck.Wrong,
            PasswordVerificationResult.Success => PasswordCheck.Right,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordCheck.RightButOutdated,
            _ => PasswordCheck.Wrong,
        };
    }

    /// <summary>Null when the lane is full.</summary>
    public async Task<string?> HashAsync(string password, CancellationToken cancellationToken) =>
        await RunAsync<HashedPassword>(() => new HashedPassword(_hasher.HashPassword(NoUser, PasswordPolicy.Normalise(password))), cancellationToken) is { } hashed
            ? hashed.Text
            : null;

    public void Dispose() => _queue.Writer.TryComplete();

    private readonly record struct HashedPassword(string Text);

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
