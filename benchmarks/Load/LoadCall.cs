using System.Text.Json;

namespace Platform.Benchmarks.Load;

/// <summary>One of the calls that clients make all the time.</summary>
/// <param name="Name">In mixes and tables.</param>
/// <param name="Expected">How it is answered for a live session.</param>
/// <param name="WantsBody">Whether its answer is looked at.</param>
internal sealed record LoadCall(string Name, int Expected, bool WantsBody = false)
{
    public static readonly LoadCall Validate = new("validate", 204);
    public static readonly LoadCall Peek = new("peek", 200);
    public static readonly LoadCall Touch = new("touch", 200);
    public static readonly LoadCall SignIn = new("sign-in", 200, WantsBody: true);
    public static readonly LoadCall Introspect = new("introspect", 200, WantsBody: true);
    public static readonly LoadCall PagePeek = new("page-peek", 200);

    /// <summary>Ends what a sign-in has opened. No part of a mix, and not of the rate.</summary>
    public static readonly LoadCall SignOut = new("sign-out", 204);

    /// <summary>What a mix may hold.</summary>
    public static readonly LoadCall[] OfMixes = [Validate, Peek, Touch, SignIn, Introspect, PagePeek];

    /// <summary>All that is counted, in the order of the tables.</summary>
    public static readonly LoadCall[] All = [.. OfMixes, SignOut];

    /// <returns>Null where it is answered as a live session is; otherwise what is wrong, in a word or two.</returns>
    public string? Fault(LoadAnswer answer)
    {
        if (answer.Status != Expected) return LoadOutcomes.Status(answer.Status);
        if (this == Introspect) return Read(answer.Body, "active") is { ValueKind: JsonValueKind.True } ? null : "200, not active";
        return this == SignIn && Token(answer) is null ? "200, no token" : null;
    }

    /// <summary>The token that a sign-in was answered with.</summary>
    public static string? Token(LoadAnswer answer) => Read(answer.Body, "token") is { ValueKind: JsonValueKind.String } token ? token.GetString() : null;

    private static JsonElement? Read(byte[] body, string member)
    {
        try
        {
            using var read = JsonDocument.Parse(body);
            return read.RootElement.ValueKind == JsonValueKind.Object && read.RootElement.TryGetProperty(member, out var value) ? value.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
