using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;
using StackExchange.Redis;

namespace Platform.Benchmarks.Compare;

/// <summary>A Redis or Valkey of its own: on loopback, with a password, without persistence, gone with the comparison.</summary>
internal sealed class RedisStore : ICompareStore
{
    private static readonly string[] Programs = ["redis-server", "valkey-server"];
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The server ends when the script's input does.</summary>
    private const string Script = """trap '' INT; "$1" "$2" > /dev/null 2>&1 & echo $!; cat > /dev/null; kill $! 2> /dev/null; wait $!""";

    private readonly TiedProcess _script;
    private readonly Process _server;
    private readonly IConnectionMultiplexer _client;

    private RedisStore(TiedProcess script, Process server, IConnectionMultiplexer client, string configuration) =>
        (_script, _server, _client, Configuration) = (script, server, client, configuration);

    public string Configuration { get; }

    public static async Task<ICompareStore> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var program = Programs.Select(Find).FirstOrDefault(path => path is not null)
            ?? throw new StoreMissingException("neither redis-server nor valkey-server is on this machine (on Debian: apt-get install redis-server).");
        // Should another take the port in between, the password is not its own and nothing is measured.
        var (port, password) = (FreePort.Find(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var settings = Path.Combine(folder, "redis.conf");
        await File.WriteAllTextAsync(
            settings, $"bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave \"\"\nappendonly no\ndaemonize no\ndir {folder}\n", cancellationToken);
        var script = await TiedProcess.StartAsync("/bin/sh", ["-c", Script, "sh", program, settings], cancellationToken);
        var server = (Process?)null;
        try
        {
            server = Process.GetProcessById(int.Parse(script.FirstLine, CultureInfo.InvariantCulture));
            var configuration = $"127.0.0.1:{port},password={password}";
            return new RedisStore(script, server, await ConnectAsync(configuration, cancellationToken), configuration);
        }
        catch (Exception failure)
        {
            server?.Dispose();
            await script.DisposeAsync();
            if (failure is RedisException or ArgumentException) throw new StoreMissingException($"{program} did not start: {failure.Message}");
            throw;
        }
    }

    public async Task FillAsync(IReadOnlyList<string> tokens, IReadOnlyDictionary<string, Answer> answers, CancellationToken cancellationToken)
    {
        var database = _client.GetDatabase();
        foreach (var token in tokens)
        {
            foreach (var call in new[] { ComparedCall.Peek, ComparedCall.Naive })
            {
                await database.StringSetAsync(RedisServer.Key(call, token), answers[call.Path].Body, RedisServer.Idle);
            }
        }

        try
        {
            await database.StringGetSetExpiryAsync(RedisServer.Key(ComparedCall.Peek, tokens[0]), RedisServer.Idle);
        }
        catch (RedisServerException failure)
        {
            throw new StoreMissingException($"it does not know GETEX, which came with 6.2: {failure.Message}");
        }
    }

    public Task<TimeSpan> ReadProcessorAsync(CancellationToken cancellationToken)
    {
        _server.Refresh();
        return Task.FromResult(_server.TotalProcessorTime);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _server.Dispose();
        await _script.DisposeAsync();
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(string configuration, CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync(configuration);
            }
            catch (RedisConnectionException) when (Stopwatch.GetElapsedTime(started) < StartTimeout)
            {
                // Redis does not tell when it listens.
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
