using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Security;
using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Benchmarks.Security;

/// <summary>One password through the hashing queue. Sign-ins per second of a machine are its hashing threads divided by this time.</summary>
public class PasswordBenchmarks
{
    private const string Password = "Quiet-Harbour-71";

    private static readonly Argon2Cost Cost = new(PasswordHashingOptions.MinMemoryKiB, PasswordHashingOptions.MinPasses);
    private static readonly HashingCaller Someone = new(IsKnown: true, "tenant", "network");

    private readonly byte[] _password = Encoding.UTF8.GetBytes(Password);
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _derived = new byte[32];
    private ServiceProvider _services = null!;
    private PasswordHashingQueue _hashing = null!;
    private string _hash = "";

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup()
    {
        _services = new ServiceCollection().AddMetrics().AddSingleton<LiveSessions>().AddSingleton<PlatformMetrics>().BuildServiceProvider();
        _hashing = new PasswordHashingQueue(Options.Create(new PasswordHashingOptions()), _services.GetRequiredService<PlatformMetrics>(), TimeProvider.System);
        _hash = _hashing.HashAsync(Someone, Password, default).GetAwaiter().GetResult() ?? throw new InvalidOperationException("The lane is full.");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _hashing.Dispose();
        _services.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Argon2id() => Cost.Derive(_password, _salt, _derived);

    [Benchmark]
    public Task Verify() => _hashing.VerifyAsync(Someone, _hash, Password, default);

    /// <summary>An account that does not exist: the same work, so that time does not tell.</summary>
    [Benchmark]
    public Task VerifyUnknown() => _hashing.VerifyAsync(Someone, null, Password, default);
}
