using System.CommandLine;

namespace Platform.Benchmarks.Load;

/// <summary>What is sent where, how often and for how long. Everything has an upper bound.</summary>
internal sealed record LoadOptions
{
    public const string PasswordVariable = "PLATFORM_LOAD_PASSWORD";

    private static readonly Option<string> Address = new("--url") { Description = "The platform, https only", DefaultValueFactory = _ => "https://localhost:8443" };
    private static readonly Option<string[]> SignersIn = new("--user") { Description = $"Who signs in, repeatable; the password is in the environment variable {PasswordVariable}", HelpName = "TENANT/NAME" };
    private static readonly Option<string?> UserFile = new("--users") { Description = "Or: one 'tenant name password' a line", HelpName = "FILE" };
    private static readonly Option<string?> Tokens = new("--tokens") { Description = "Or: one token a line", HelpName = "FILE" };
    private static readonly Option<string?> KeepTokens = new("--save-tokens") { Description = "Keep the tokens for another run; only the owner can read the file", HelpName = "FILE" };
    private static readonly Option<int?> SessionCount = Bounded.Number("--sessions", "Sessions to open, in turn for each user; one of each without it", 1, 10_000);
    private static readonly Option<int> PerSecond = Bounded.Number("--rate", "Requests per second", 500, 1, 100_000);
    private static readonly Option<TimeSpan> Measured = Bounded.Duration("--duration", "How long it measures", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    private static readonly Option<TimeSpan> Unmeasured = Bounded.Duration("--warm-up", "Sent before, not measured", TimeSpan.FromSeconds(3), TimeSpan.Zero, TimeSpan.FromMinutes(5));
    private static readonly Option<string> Parts = new("--mix") { Description = "Parts of validate, peek and touch", DefaultValueFactory = _ => "validate=80,peek=10,touch=10", HelpName = "A=N,B=N" };
    private static readonly Option<string> Http = new("--http") { Description = "HTTP version", DefaultValueFactory = _ => "2", HelpName = "2|1.1|both" };
    private static readonly Option<int?> ConnectionCount = Bounded.Number("--connections", "Connections; 8 for HTTP/2 and 64 for HTTP/1.1 without it", 1, 10_000);
    private static readonly Option<int> Unanswered = Bounded.Number("--in-flight", "Unanswered requests at most; the next ones wait, and their wait counts", 5_000, 1, 100_000);
    private static readonly Option<TimeSpan> AnswerTimeout = Bounded.Duration("--timeout", "Of one request", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(2));
    private static readonly Option<string?> Certificate = new("--cacert") { Description = "Trust this certificate (PEM) and no other", HelpName = "FILE" };
    private static readonly Option<bool> Remote = new("--allow-remote") { Description = "Without it only loopback addresses are accepted" };
    private static readonly Option<int> SignInsUnderWay = Bounded.Number("--sign-ins", "Measure a second time while so many sign-ins are always under way, and compare", 0, 0, 1_000);

    public static IReadOnlyList<Option> All { get; } =
    [
        Address, SignersIn, UserFile, Tokens, KeepTokens, SessionCount, PerSecond, Measured, Unmeasured, Parts, Http, ConnectionCount, Unanswered, AnswerTimeout, Certificate, Remote, SignInsUnderWay,
    ];

    public required Uri Url { get; init; }

    public required IReadOnlyList<Credentials> Users { get; init; }

    public string? TokenFile { get; init; }

    public string? SaveTokens { get; init; }

    public int Sessions { get; init; }

    public int Rate { get; init; }

    public TimeSpan Duration { get; init; }

    public TimeSpan WarmUp { get; init; }

    public required LoadMix Mix { get; init; }

    public required IReadOnlyList<Version> Versions { get; init; }

    public int? Connections { get; init; }

    public int InFlight { get; init; }

    public TimeSpan Timeout { get; init; }

    /// <summary>Sign-ins under way during a second measurement; 0 for none.</summary>
    public int SignIns { get; init; }

    public string? CaCertificate { get; init; }

    public bool AllowRemote { get; init; }

    public string? Output { get; init; }

    public static LoadOptions Read(ParseResult line)
    {
        var users = Credentials.Read(line.GetValue(SignersIn) ?? [], line.GetValue(UserFile));
        var options = new LoadOptions
        {
            Url = ReadUrl(line.GetValue(Address)!),
            Users = users,
            TokenFile = line.GetValue(Tokens),
            SaveTokens = line.GetValue(KeepTokens),
            Sessions = line.GetValue(SessionCount) ?? users.Count,
            Rate = line.GetValue(PerSecond),
            Duration = line.GetValue(Measured),
            WarmUp = line.GetValue(Unmeasured),
            Mix = LoadMix.Parse(line.GetValue(Parts)!),
            Versions = ReadVersions(line.GetValue(Http)!),
            Connections = line.GetValue(ConnectionCount),
            InFlight = line.GetValue(Unanswered),
            Timeout = line.GetValue(AnswerTimeout),
            SignIns = line.GetValue(SignInsUnderWay),
            CaCertificate = line.GetValue(Certificate),
            AllowRemote = line.GetValue(Remote),
            Output = line.GetValue(Commands.Output),
        };
        if (users.Count == 0 && options.TokenFile is null) throw new UsageException("Say who signs in with --user or --users, or give tokens with --tokens.");
        if (users.Count == 0 && options.SignIns > 0) throw new UsageException("--sign-ins needs somebody who signs in: --user or --users.");
        return options;
    }

    private static Uri ReadUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "https", PathAndQuery: "/", UserInfo: "" }
            ? url
            : throw new UsageException("--url must be https://host[:port], without path or user.");

    private static IReadOnlyList<Version> ReadVersions(string text) => text switch
    {
        "2" => [new Version(2, 0)],
        "1.1" => [new Version(1, 1)],
        "both" => [new Version(2, 0), new Version(1, 1)],
        _ => throw new UsageException("--http must be 2, 1.1 or both."),
    };
}

/// <summary>Who signs in.</summary>
internal sealed record Credentials(string Tenant, string Name, string Password)
{
    /// <summary>Prints no password.</summary>
    public override string ToString() => $"{Tenant}/{Name}";

    /// <summary>Passwords come from the environment or a file: a command line can be read by everybody on the machine.</summary>
    public static IReadOnlyList<Credentials> Read(IReadOnlyList<string> users, string? file)
    {
        var found = new List<Credentials>();
        var password = Environment.GetEnvironmentVariable(LoadOptions.PasswordVariable);
        foreach (var user in users)
        {
            if (user.Split('/') is not [{ Length: > 0 } tenant, { Length: > 0 } name]) throw new UsageException($"--user must be tenant/name, not '{user}'.");
            found.Add(new Credentials(tenant, name, password ?? throw new UsageException($"Set {LoadOptions.PasswordVariable}.")));
        }

        if (file is null) return found;
        if (!File.Exists(file)) throw new UsageException($"There is no file {file}.");
        foreach (var text in File.ReadLines(file).Where(text => !string.IsNullOrWhiteSpace(text)))
        {
            if (text.Split(' ', 3) is not [var tenant, var name, var secret]) throw new UsageException($"{file}: every line must be 'tenant name password'.");
            found.Add(new Credentials(tenant, name, secret));
        }

        return found;
    }
}
