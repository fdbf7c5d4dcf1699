using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Pages;

namespace Platform.Benchmarks.Sessions;

/// <summary>
/// A back end asks whose sessions a thousand tokens are: one by one, and in one batch. Through the whole pipeline of the host, without web server and TLS, which a batch would spare nearly all of.
/// </summary>
public class IntrospectionBenchmarks
{
    private const int Count = 1_000;
    private const int Users = 20;

    private readonly byte[][] _forms = new byte[Count][];
    private readonly string _folder = BenchmarkSilo.TemporaryFolder();
    private PagesHost _host = null!;
    private PageCallKind _single = null!;
    private PageCallKind _batch = null!;
    private byte[] _all = [];

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup()
    {
        _host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public async Task<int> OneByOne()
    {
        foreach (var form in _forms) Expect(await _host.CallAsync(_single, form));
        return Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task<int> Batch()
    {
        Expect(await _host.CallAsync(_batch, _all));
        return Count;
    }

    private async Task SetupAsync()
    {
        _host = await PagesHost.StartAsync(_folder, "--Platform:RateLimits:Enabled=false");
        await _host.Api.CreateTenantAsync();
        var owner = await _host.Api.SignInOwnerAsync();
        var key = await _host.Api.CreateIntrospectionKeyAsync(owner);
        var users = await _host.Api.CreateUsersAsync(Users, owner);
        var tokens = await OpenedSessions.OpenAsync(_host.Services, new SessionsWanted(users, Count));
        for (var i = 0; i < Count; i++) _forms[i] = Encoding.ASCII.GetBytes("token=" + tokens[i]);
        _all = JsonSerializer.SerializeToUtf8Bytes(new { tokens });
        _single = new PageCallKind("one", "POST", "/v1/introspect", 200, ("Authorization", "Bearer " + key), ("Content-Type", "application/x-www-form-urlencoded"));
        _batch = new PageCallKind("batch", "POST", "/v1/introspect/batch", 200, ("Authorization", "Bearer " + key), ("Content-Type", "application/json"));
    }

    private static void Expect(int status)
    {
        if (status != 200) throw new InvalidOperationException($"Answered {status}.");
    }
}
