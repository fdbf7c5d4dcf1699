using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Compare;

/// <summary>A row that is measured: a server, a call, and one request for each session.</summary>
internal sealed record Contestant(string Name, ComparedCall Call, int Status, ServerProcess Server, ICompareStore? Store, byte[][] Requests);

/// <summary>Starts what is compared: the platform first, whose answers the others send; stops all of it, the last first.</summary>
internal sealed class Contestants : IAsyncDisposable
{
    public const string Bare = "bare";
    public const string Redis = "redis";

    private static readonly ComparedCall[] PlatformCalls = [ComparedCall.Peek, ComparedCall.Validate, ComparedCall.Touch];

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly string _folder;
    private readonly ServerCertificateFile _certificate;
    private readonly Dictionary<string, Answer> _answers = new(StringComparer.Ordinal) { [ComparedCall.Naive.Path] = Answer.Naive };
    private readonly List<Contestant> _rows = [];
    private readonly List<CompareRow> _leftOut = [];

    private Contestants(string folder) => (_folder, _certificate) = (folder, ServerCertificateFile.Create(folder));

    public IReadOnlyList<Contestant> Rows => _rows;

    public IReadOnlyList<CompareRow> LeftOut => _leftOut;

    public byte[] CertificateHash => _certificate.Hash;

    public static async Task<Contestants> StartAsync(string folder, CompareOptions options, CancellationToken cancellationToken)
    {
        var all = new Contestants(folder);
        try
        {
            await all.StartAsync(options, cancellationToken);
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var last)) await last.DisposeAsync();
    }

    private async Task StartAsync(CompareOptions options, CancellationToken cancellationToken)
    {
        var platform = await StartServerAsync(ServerKind.Platform, store: null, cancellationToken);
        using var sessions = new CompareSessions(platform, CertificateHash);
        var tokens = await sessions.OpenAtPlatformAsync(options.Sessions, cancellationToken);
        string[] bearers = [.. tokens.Select(token => $"Authorization: Bearer {token}")];
        foreach (var call in PlatformCalls) _answers[call.Path] = await ReadAnswerAsync(platform, call, bearers[0], cancellationToken);

        var bare = await StartServerAsync(ServerKind.Bare, store: null, cancellationToken);
        foreach (var call in PlatformCalls.Append(ComparedCall.Naive)) Add(Bare, call, bare, bearers);

        var cookie = await StartServerAsync(ServerKind.Cookie, store: null, cancellationToken);
        using (var signIn = new CompareSessions(cookie, CertificateHash))
        {
            Add("cookie", ComparedCall.Peek, cookie, [.. (await signIn.OpenAtCookieServerAsync(options.Sessions, cancellationToken)).Select(value => $"Cookie: {value}")]);
        }

        await AddWithStoreAsync(Redis, ServerKind.Redis, () => RedisStore.StartAsync(Folder("redis-data"), cancellationToken), tokens, bearers, [ComparedCall.Peek, ComparedCall.Naive], cancellationToken);
        await AddWithStoreAsync("postgresql", ServerKind.PostgreSql, () => PostgreSqlStore.StartAsync(cancellationToken), tokens, bearers, [ComparedCall.Peek], cancellationToken);
        foreach (var call in PlatformCalls) Add("platform", call, platform, bearers);
    }

    private async Task AddWithStoreAsync(
        string name, ServerKind kind, Func<Task<ICompareStore>> start, IReadOnlyList<string> tokens, string[] bearers, ComparedCall[] calls, CancellationToken cancellationToken)
    {
        try
        {
            var store = await start();
            _started.Push(store);
            await store.FillAsync(tokens, _answers, cancellationToken);
            var server = await StartServerAsync(kind, store, cancellationToken);
            foreach (var call in calls) Add(name, call, server, bearers, store);
        }
        catch (StoreMissingException missing)
        {
            foreach (var call in calls) _leftOut.Add(new CompareRow { Server = name, Call = call.Name, LeftOut = missing.Message });
        }
    }

    private void Add(string name, ComparedCall call, ServerProcess server, string[] credentials, ICompareStore? store = null) =>
        _rows.Add(new Contestant(name, call, _answers[call.Path].Status, server, store, [.. credentials.Select(call.Request)]));

    private async Task<ServerProcess> StartServerAsync(ServerKind kind, ICompareStore? store, CancellationToken cancellationToken)
    {
        var server = await ServerProcess.StartAsync(
            new ServerSettings
            {
                Kind = kind,
                Folder = Folder(kind.ToString()),
                Certificate = _certificate.Path,
                CertificateKey = _certificate.KeyPath,
                Answers = _answers,
                Store = store?.Configuration,
            },
            cancellationToken);
        _started.Push(server);
        return server;
    }

    private async Task<Answer> ReadAnswerAsync(ServerProcess server, ComparedCall call, string credential, CancellationToken cancellationToken)
    {
        using var connection = await LoadConnection.OpenAsync(server.Port, CertificateHash, call.Request(credential), cancellationToken);
        return Answer.Parse(await connection.AskAsync(call == ComparedCall.Validate ? 204 : 200));
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
}
