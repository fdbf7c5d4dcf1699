using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Benchmarks.Load;

/// <summary>The sessions that the load is spread over.</summary>
internal static class LoadTokens
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <returns>Values of the authorization header.</returns>
    public static async Task<string[]> GetAsync(LoadOptions options, HttpClient client, CancellationToken cancellationToken)
    {
        var tokens = options.TokenFile is { } file ? await ReadAsync(file, cancellationToken) : await SignInAsync(options, client, cancellationToken);
        if (options.SaveTokens is { } saved) await SaveAsync(saved, tokens, cancellationToken);
        return [.. tokens.Select(token => "Bearer " + token)];
    }

    private static async Task<List<string>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) throw new UsageException($"There is no file {file}.");
        var tokens = (await File.ReadAllLinesAsync(file, cancellationToken)).Where(line => !string.IsNullOrWhiteSpace(line)).Take(10_000).ToList();
        return tokens.Count > 0 ? tokens : throw new UsageException($"{file} holds no token.");
    }

    /// <summary>In turn for each user, one after the other: every sign-in costs the platform a password hash.</summary>
    private static async Task<List<string>> SignInAsync(LoadOptions options, HttpClient client, CancellationToken cancellationToken)
    {
        var tokens = new List<string>(options.Sessions);
        while (tokens.Count < options.Sessions)
        {
            var user = options.Users[tokens.Count % options.Users.Count];
            tokens.Add(await SignInAsync(client, user, cancellationToken));
            if (tokens.Count % 100 == 0) await Console.Error.WriteLineAsync($"{tokens.Count} of {options.Sessions} sessions open");
        }

        return tokens;
    }

    private static async Task<string> SignInAsync(HttpClient client, Credentials user, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(client, user, cancellationToken);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            throw new UsageException("The platform limits sign-ins. Raise Platform__RateLimits__SignInPerMinute for load tests, open fewer sessions, or use --tokens.");
        }

        if (response.StatusCode != HttpStatusCode.OK) throw new UsageException($"Sign-in of {user} was answered {(int)response.StatusCode}.");
        using var body = await response.Content.ReadFromJsonAsync<JsonDocument>(cancellationToken);
        return body?.RootElement.TryGetProperty("token", out var token) == true && token.GetString() is { Length: > 0 } text
            ? text
            : throw new UsageException($"Sign-in of {user} brought no token; does it ask for a second factor?");
    }

    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, Credentials user, CancellationToken cancellationToken)
    {
        try
        {
            return await client.PostAsJsonAsync(
                "/v1/sign-in", new { tenant = user.Tenant, username = user.Name, password = user.Password, transport = "token" }, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw new UsageException($"{client.BaseAddress} cannot be reached: {failure.InnerException?.Message ?? failure.Message}");
        }
    }

    private static async Task SaveAsync(string file, List<string> tokens, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        await using var writer = new StreamWriter(file, options);
        foreach (var token in tokens) await writer.WriteLineAsync(token.AsMemory(), cancellationToken);
    }
}
