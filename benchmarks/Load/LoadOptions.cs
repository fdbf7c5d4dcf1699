namespace Platform.Benchmarks.Load;

/// <summary>What is sent where, how often and for how long. Everything has an upper bound.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        """
        load: sends validate, peek and touch at a fixed rate, whatever the answers, to a running platform.
          --url URL              https only (default https://localhost:8443)
          --user TENANT/NAME     repeatable; password from the environment variable PLATFORM_LOAD_PASSWORD
          --users FILE           or: one 'tenant name password' a line
          --tokens FILE          or: one token a line
          --save-tokens FILE     keep the tokens for another run; only the owner can read the file
          --sessions N           sessions to open, in turn for each user (default one per user, at most 10000)
          --rate N               requests per second (default 500, at most 100000)
          --duration TIME        (default 00:00:30, at most 01:00:00)
          --warm-up TIME         sent before, not measured (default 00:00:03)
          --mix A=N,B=N          parts of validate, peek and touch (default validate=80,peek=10,touch=10)
          --http 2|1.1|both      (default 2)
          --connections N        (default 8 for HTTP/2, 64 for HTTP/1.1)
          --in-flight N          unanswered requests at most; the next ones wait, and their wait counts (default 5000)
          --timeout TIME         of one request (default 00:00:10)
          --cacert FILE          trust this certificate (PEM) and no other
          --allow-remote         without it only loopback addresses are accepted
          --sign-ins N           measure a second time while N sign-ins are always under way, and compare (at most 1000)
          --out FILE             also write the tables to a file
        """;

    public const string PasswordVariable = "PLATFORM_LOAD_PASSWORD";

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

    public static LoadOptions Read(CommandLine line)
    {
        var users = Credentials.Read(line.Texts("--user"), line.Text("--users"));
        var options = new LoadOptions
        {
            Url = ReadUrl(line.Text("--url") ?? "https://localhost:8443"),
            Users = users,
            TokenFile = line.Text("--tokens"),
            SaveTokens = line.Text("--save-tokens"),
            Sessions = line.Number("--sessions", users.Count, 1, 10_000),
            Rate = line.Number("--rate", 500, 1, 100_000),
            Duration = line.Duration("--duration", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            WarmUp = line.Duration("--warm-up", TimeSpan.FromSeconds(3), TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Mix = LoadMix.Parse(line.Text("--mix") ?? "validate=80,peek=10,touch=10"),
            Versions = ReadVersions(line.Text("--http") ?? "2"),
            Connections = line.Text("--connections") is null ? null : line.Number("--connections", 0, 1, 10_000),
            InFlight = line.Number("--in-flight", 5_000, 1, 100_000),
            Timeout = line.Duration("--timeout", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(2)),
            SignIns = line.Number("--sign-ins", 0, 0, 1_000),
            CaCertificate = line.Text("--cacert"),
            AllowRemote = line.Flag("--allow-remote"),
            Output = line.Text("--out"),
        };
        line.RefuseOthers();
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
