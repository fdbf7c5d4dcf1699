using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Security;
using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Benchmarks.Security;

/// <summary>One password through the hashing lane. Sign-ins per second of a machine are its hashing threads divided by this time.</summary>
public class PasswordBenchmarks
{
    private const string Password = "Quiet-Harbour-71";

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private ServiceProvider _services = null!;
    private PasswordHashing _hashing = null!;
    private string _hash = "";

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup()
    {
        _services = new ServiceCollection().AddMetrics().AddSingleton<LiveSessions>().AddSingleton<PlatformMetrics>().BuildServiceProvider();
        _hashing = new PasswordHashing(Options.Create(new PasswordHashingOptions()), _services.GetRequiredService<PlatformMetrics>(), TimeProvider.System);
        _hash = _hashing.HashAsync(Password, default).GetAwaiter().GetResult() ?? throw new InvalidOperationException("The lane is full.");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _hashing.Dispose();
        _services.Dispose();
    }

    [Benchmark(Baseline = true)]
    public byte[] Pbkdf2() => Rfc2898DeriveBytes.Pbkdf2(Password, _salt, PasswordHashingOptions.MinIterations, HashAlgorithmName.SHA512, 32);

    [Benchmark]
    public Task<PasswordCheck> Verify() => _hashing.VerifyAsync(_hash, Password, default);

    /// <summary>An account that does not exist: the same work, so that time does not tell.</summary>
    [Benchmark]
    public Task<PasswordCheck> VerifyUnknown() => _hashing.VerifyAsync(null, Password, default);
}
