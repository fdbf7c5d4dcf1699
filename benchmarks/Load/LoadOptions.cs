using System.CommandLine;

namespace Platform.Benchmarks.Load;

/// <summary>What is sent where, how often and for how long. Everything has an upper bound.</summary>
internal sealed record LoadOptions
{
    public const string ApiKeyVariable = "PLATFORM_LOAD_API_KEY";

    private static readonly Version Http1 = new(1, 1);
    private static readonly Version Http2 = new(2, 0);
    private static readonly Version Http3 = new(3, 0);

    private static readonly Option<int> PerSecond = Bounded.Number("--rate", "Requests per second, sent whatever the answers (open loop)", 1_000, 1, 100_000);
    private static readonly Option<bool> ClosedLoop = new("--closed") { Description = "Closed loop instead: each connection sends as soon as it was answered. Finds the throughput that is there" };
    private static readonly Option<TimeSpan> Measured = Bounded.Duration("--duration", "How long it measures", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    private static readonly Option<TimeSpan> Unmeasured = Bounded.Duration("--warm-up", "Sent before, not measured", TimeSpan.FromSeconds(5), TimeSpan.Zero, TimeSpan.FromMinutes(5));
    private static readonly Option<string> Parts = new("--mix")
    {
        Description = $"Which part of the requests is which call, in percent: {string.Join(", ", LoadCall.OfMixes.Select(call => call.Name))}. A session that sign-in opens is ended again",
        DefaultValueFactory = _ => "validate=80,peek=10,touch=10",
        HelpName = "A=N,B=N",
    };

    private static readonly Option<string> Http = new("--http") { Description = "Versions of HTTP, measured one after the other: 1.1, 2, 3", DefaultValueFactory = _ => "1.1", HelpName = "V,V" };
    private static readonly Option<int?> ConnectionCount = Bounded.Number("--connections", "Connections to each host; 64 for HTTP/1.1, 8 for HTTP/2 and 3 without it", 1, 10_000);
    private static readonly Option<int?> Streams = Bounded.Number("--streams", "Requests at a time on each connection of HTTP/2 and 3; 8 in a closed loop, 100 in an open one without it", 1, 100);
    private static readonly Option<TimeSpan> AnswerTimeout = Bounded.Duration("--timeout", "Of one request", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(2));
    private static readonly Option<int?> SessionCount = Bounded.Number("--sessions", "Sessions to spread it over; 2,000 of a platform that is started for it, one of each user of one that runs without it", 1, 100_000);
    private static readonly Option<int> SignInsUnderWay = Bounded.Number("--sign-ins", "Measure a second time while so many sign-ins are always under way, and compare", 0, 0, 1_000);

    private static readonly Option<string[]> Addresses = new("--url") { Description = "A platform that runs, https only; repeatable for several hosts of one platform, which get equal parts. Without it one is started on this machine and ended again", HelpName = "URL" };
    private static readonly Option<string[]> SignersIn = new("--user") { Description = $"Who signs in there, repeatable; the password is in the environment variable {Credentials.PasswordVariable}", HelpName = "TENANT/NAME" };
    private static readonly Option<string?> UserFile = new("--users") { Description = "Or: one 'tenant name password' a line", HelpName = "FILE" };
    private static readonly Option<string?> Tokens = new("--tokens") { Description = "Or: one token a line", HelpName = "FILE" };
    private static readonly Option<string?> KeepTokens = new("--save-tokens") { Description = "Keep the tokens for another run; only the owner can read the file", HelpName = "FILE" };
    private static readonly Option<string?> Snippet = new("--snippet") { Description = "For page-peek there: a snippet of the users' tenant", HelpName = "ID" };
    private static readonly Option<string?> Origin = new("--origin") { Description = "For page-peek there: the origin of a page on one of the snippet's domains", HelpName = "URL" };
    private static readonly Option<string?> Certificate = new("--cacert") { Description = "Trust this certificate (PEM) there and no other", HelpName = "FILE" };
    private static readonly Option<bool> Remote = new("--allow-remote") { Description = "Without it only loopback addresses are accepted" };
    private static readonly Option<string?> Folder = new("--out") { Description = "Also write the tables (load.md), the numbers (load.json) and a picture of each run (load-….svg) to this folder", HelpName = "DIR" };

    private static readonly Option[] OfRunning = [SignersIn, UserFile, Tokens, KeepTokens, Snippet, Origin, Certificate, Remote];

    public static IReadOnlyList<Option> All { get; } =
    [
        PerSecond, ClosedLoop, Measured, Unmeasured, Parts, Http, ConnectionCount, Streams, AnswerTimeout, SessionCount, SignInsUnderWay, Addresses, .. OfRunning, Folder,
    ];

    /// <summary>Empty: a platform is started.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    public required IReadOnlyList<Credentials> Users { get; init; }

    public string? TokenFile { get; init; }

    public string? SaveTokens { get; init; }

    public LoadPage? Page { get; init; }

    public string? ApiKey { get; init; }

    public int Sessions { get; init; }

    public int Rate { get; init; }

    /// <summary>As fast as the answers come; <see cref="Rate"/> does not count.</summary>
    public bool Closed { get; init; }

    public TimeSpan Duration { get; init; }

    public TimeSpan WarmUp { get; init; }

    public required LoadMix Mix { get; init; }

    public required IReadOnlyList<Version> Versions { get; init; }

    public int? Connections { get; init; }

    public int? StreamsEach { get; init; }

    public TimeSpan Timeout { get; init; }

    /// <summary>Sign-ins under way during a second measurement; 0 for none.</summary>
    public int SignIns { get; init; }

    public string? CaCertificate { get; init; }

    public bool AllowRemote { get; init; }

    public string? Output { get; init; }

    /// <summary>As people write it.</summary>
    public static string Text(Version version) => version.Minor == 0 ? version.ToString(1) : version.ToString(2);

    /// <summary>Connections to each host, and requests at a time on each.</summary>
    public (int Connections, int Streams) Lanes(Version version) => version == Http1 ? (Connections ?? 64, 1) : (Connections ?? 8, StreamsEach ?? (Closed ? 8 : 100));

    public static LoadOptions Read(ParseResult line)
    {
        var urls = (line.GetValue(Addresses) ?? []).Select(ReadUrl).ToList();
        if (urls.Count == 0 && Array.Find(OfRunning, option => line.GetResult(option) is { Implicit: false }) is { } useless)
        {
            throw new UsageException($"{useless.Name} is for a platform that runs: say where with --url.");
        }

        if (line.GetValue(ClosedLoop) && line.GetResult(PerSecond) is { Implicit: false }) throw new UsageException("A closed loop has no rate: leave out --rate or --closed.");
        var users = Credentials.Read(line.GetValue(SignersIn) ?? [], line.GetValue(UserFile));
        var options = new LoadOptions
        {
            Urls = urls,
            Users = users,
            TokenFile = line.GetValue(Tokens),
            SaveTokens = line.GetValue(KeepTokens),
            Page = ReadPage(line.GetValue(Snippet), line.GetValue(Origin)),
            ApiKey = Environment.GetEnvironmentVariable(ApiKeyVariable),
            Sessions = line.GetValue(SessionCount) ?? (urls.Count == 0 ? 2_000 : users.Count),
            Rate = line.GetValue(PerSecond),
            Closed = line.GetValue(ClosedLoop),
            Duration = line.GetValue(Measured),
            WarmUp = line.GetValue(Unmeasured),
            Mix = LoadMix.Parse(line.GetValue(Parts)!),
            Versions = ReadVersions(line.GetValue(Http)!),
            Connections = line.GetValue(ConnectionCount),
            StreamsEach = line.GetValue(Streams),
            Timeout = line.GetValue(AnswerTimeout),
            SignIns = line.GetValue(SignInsUnderWay),
            CaCertificate = line.GetValue(Certificate),
            AllowRemote = line.GetValue(Remote),
            Output = line.GetValue(Folder),
        };
        if (urls.Count > 0) options.CheckRunning();
        if (options.StreamsEach is not null && options.Versions is [var only] && only == Http1) throw new UsageException("--streams is for HTTP/2 and 3: over HTTP/1.1 a connection has one request at a time.");
        return options;
    }

    /// <summary>What a platform that was not started for the load must be told about.</summary>
    private void CheckRunning()
    {
        if (Users.Count == 0 && TokenFile is null) throw new UsageException("Say who signs in with --user or --users, or give tokens with --tokens.");
        if (Users.Count == 0 && SignIns > 0) throw new UsageException("--sign-ins needs somebody who signs in: --user or --users.");
        if (Users.Count == 0 && Mix.Calls.Any(call => call == LoadCall.SignIn || call == LoadCall.PagePeek)) throw new UsageException("sign-in and page-peek need somebody who signs in: --user or --users.");
        if (ApiKey is null && Mix.Calls.Contains(LoadCall.Introspect)) throw new UsageException($"introspect needs an API key with that scope: set {ApiKeyVariable}.");
        if (Page is null && Mix.Calls.Contains(LoadCall.PagePeek)) throw new UsageException("page-peek needs a page: --snippet and --origin.");
    }

    private static LoadPage? ReadPage(string? snippet, string? origin) => (snippet, origin) switch
    {
        (null, null) => null,
        ({ } id, { } page) => new LoadPage(id, page),
        _ => throw new UsageException("--snippet and --origin belong together."),
    };

    private static Uri ReadUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "https", PathAndQuery: "/", UserInfo: "" }
            ? url
            : throw new UsageException($"--url must be https://host[:port], without path or user, not '{text}'.");

    private static Version[] ReadVersions(string text)
    {
        Version[] versions = [.. text.Split(',').Select(version => version switch
        {
            "1.1" => Http1,
            "2" => Http2,
            "3" => Http3,
            _ => throw new UsageException($"--http takes 1.1, 2 and 3, such as --http 1.1,2, not '{version}'."),
        })];
        if (versions.Distinct().Count() < versions.Length) throw new UsageException("--http names a version twice.");
        if (versions.Contains(Http3)) LoadHost.RequireQuic();
        return versions;
    }
}
