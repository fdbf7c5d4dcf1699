using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Benchmarks.Load;

/// <summary>The sessions that the load of a running platform is spread over: read from a file, or opened by signing in.</summary>
internal static class SignedInSessions
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Most = 100_000;

    /// <summary>Sessions of pages: each costs a sign-in too, and few do.</summary>
    private const int MostOfPages = 64;

    /// <summary>Sign-ins at a time: each costs the platform a password hash.</summary>
    private const int AtATime = 4;

    public static async Task<LoadSessions> OpenAsync(LoadOptions options, HttpClient[] clients, CancellationToken cancellationToken)
    {
        var tokens = options.TokenFile is { } file
            ? await ReadAsync(file, cancellationToken)
            : await SignInAsync(options.Sessions, options.Users, page: null, clients, cancellationToken);
        if (options.SaveTokens is { } saved) await SaveAsync(saved, tokens, cancellationToken);
        return new LoadSessions(tokens, options.Users)
        {
            Page = options.Page,
            ApiKey = options.ApiKey,
            PageTokens = options.Mix.Calls.Contains(LoadCall.PagePeek)
                ? await SignInAsync(Math.Min(MostOfPages, options.Sessions), options.Users, options.Page, clients, cancellationToken)
                : [],
        };
    }

    /// <summary>In turn for each user.</summary>
    public static async Task<string[]> SignInAsync(int count, IReadOnlyList<Credentials> users, LoadPage? page, HttpClient[] clients, CancellationToken cancellationToken)
    {
        var tokens = new string[count];
        var open = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken }, async (i, cancel) =>
        {
            tokens[i] = await SignInAsync(clients[i % clients.Length], users[i % users.Count], page, cancel);
            if (Interlocked.Increment(ref open) is var done && done % 100 == 0) await Console.Error.WriteLineAsync($"{done} of {count} sessions open");
        });
        return tokens;
    }

    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, Credentials user, LoadPage? page, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, page is null ? "/v1/sign-in" : $"/v1/snippets/{page.Snippet}/sign-in")
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
            Content = page is null
                ? JsonContent.Create(new { tenant = user.Tenant, username = user.Name, password = user.Password, transport = "token" })
                : JsonContent.Create(new { username = user.Name, password = user.Password, transport = "token" }),
        };
        if (page is not null) request.Headers.TryAddWithoutValidation("Origin", page.Origin);
        return await client.SendAsync(request, cancellationToken);
    }

    private static async Task<string> SignInAsync(HttpClient client, Credentials user, LoadPage? page, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(client, user, page, cancellationToken);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                throw new UsageException("The platform limits sign-ins. Raise Platform__RateLimits__SignInPerMinute for load tests, open fewer sessions, or use --tokens.");
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                var reason = response.StatusCode == HttpStatusCode.Unauthorized ? ": tenant, name or password is wrong" : "";
                throw new UsageException($"Sign-in of {user} was answered {(int)response.StatusCode}{reason}.");
            }

            using var body = await response.Content.ReadFromJsonAsync<JsonDocument>(cancellationToken);
            return body?.RootElement.TryGetProperty("token", out var token) == true && token.GetString() is { Length: > 0 } text
                ? text
                : throw new UsageException($"Sign-in of {user} brought no token; does it ask for a second factor?");
        }
        catch (HttpRequestException failure)
        {
            throw new UsageException($"{client.BaseAddress} cannot be reached: {failure.InnerException?.Message ?? failure.Message}");
        }
    }

    private static async Task<string[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) throw new UsageException($"There is no file {file}.");
        string[] tokens = [.. (await File.ReadAllLinesAsync(file, cancellationToken)).Where(line => !string.IsNullOrWhiteSpace(line)).Take(Most)];
        return tokens.Length > 0 ? tokens : throw new UsageException($"{file} holds no token.");
    }

    private static async Task SaveAsync(string file, string[] tokens, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        await using var writer = new StreamWriter(file, options);
        foreach (var token in tokens) await writer.WriteLineAsync(token.AsMemory(), cancellationToken);
    }
}
