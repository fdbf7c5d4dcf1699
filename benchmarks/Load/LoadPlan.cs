using System.Text;
using System.Text.Json;

namespace Platform.Benchmarks.Load;

/// <summary>
/// Which request has which number: a function of the number alone, so that two runs send the same, however busy the machine is. Calls in the proportion of the mix, sessions all as likely.
/// </summary>
internal sealed class LoadPlan
{
    private readonly LoadMix _mix;
    private readonly Dictionary<LoadCall, LoadRequest[]> _requests;

    public LoadPlan(LoadMix mix, LoadSessions sessions)
    {
        _mix = mix;
        _requests = mix.Calls.ToDictionary(call => call, call => Prepare(call, sessions));
    }

    public LoadRequest this[long number]
    {
        get
        {
            var drawn = Scatter((ulong)number);
            var requests = _requests[_mix.Pick((uint)drawn)];
            return requests[(int)((drawn >> 32) * (ulong)requests.Length >> 32)];
        }
    }

    /// <summary>Ends the session that a sign-in has opened.</summary>
    public static LoadRequest SignOut(string token) => new(LoadCall.SignOut, HttpMethod.Post, "/v1/sign-out", [Bearer(token)]);

    private static LoadRequest[] Prepare(LoadCall call, LoadSessions sessions)
    {
        if (call == LoadCall.SignIn) return [.. sessions.Users.Select(SignIn)];
        if (call == LoadCall.PagePeek) return [.. sessions.PageTokens.Select(token => PagePeek(sessions.Page!, token))];
        return [.. sessions.Tokens.Select(token => OfSession(call, token, sessions.ApiKey))];
    }

    private static LoadRequest OfSession(LoadCall call, string token, string? apiKey)
    {
        if (call == LoadCall.Validate) return new(call, HttpMethod.Post, "/v1/session/validate", [Bearer(token)]);
        if (call == LoadCall.Touch) return new(call, HttpMethod.Post, "/v1/session/touch", [Bearer(token)]);
        if (call == LoadCall.Peek) return new(call, HttpMethod.Get, "/v1/session", [Bearer(token)]);
        return new(call, HttpMethod.Post, "/v1/introspect", [Bearer(apiKey!)], "application/x-www-form-urlencoded", Encoding.ASCII.GetBytes($"token={Uri.EscapeDataString(token)}"));
    }

    private static LoadRequest PagePeek(LoadPage page, string token) =>
        new(LoadCall.PagePeek, HttpMethod.Get, $"/v1/snippets/{page.Snippet}/session", [("Origin", page.Origin), ("Cookie", "__Host-psid=" + token)]);

    private static LoadRequest SignIn(Credentials user) => new(
        LoadCall.SignIn, HttpMethod.Post, "/v1/sign-in", [], "application/json",
        JsonSerializer.SerializeToUtf8Bytes(new { tenant = user.Tenant, username = user.Name, password = user.Password, transport = "token" }));

    private static (string, string) Bearer(string token) => ("Authorization", "Bearer " + token);

    /// <summary>SplitMix64: neighbours get numbers that have nothing to do with each other.</summary>
    private static ulong Scatter(ulong number)
    {
        var z = number + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Where page-peek comes from.</summary>
internal sealed record LoadPage(string Snippet, string Origin);

/// <summary>What the load is spread over.</summary>
internal sealed record LoadSessions(IReadOnlyList<string> Tokens, IReadOnlyList<Credentials> Users)
{
    /// <summary>Of sessions that were opened from the page.</summary>
    public IReadOnlyList<string> PageTokens { get; init; } = [];

    public LoadPage? Page { get; init; }

    public string? ApiKey { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => $"{Tokens.Count} sessions of {Users.Count} users";
}
