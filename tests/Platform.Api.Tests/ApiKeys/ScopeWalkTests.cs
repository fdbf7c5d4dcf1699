using System.Text.RegularExpressions;
using Platform.Api.Tests.Authorization;

namespace Platform.Api.Tests.ApiKeys;

/// <summary>Every operation with a tenant in its path by a key of each single scope: the summary says which scopes open it, and no other does.</summary>
public sealed partial class ScopeWalkTests(PlatformHost host, ITestOutputHelper output) : IClassFixture<PlatformHost>
{
    private static readonly string[] Scopes = ["introspect", "read", "audit", "users", "snippets", "scenarios", "sessions"];

    /// <summary>A key makes no keys, changes no roles, rules and settings, reads nothing under a grant, and does nothing that asks for the person.</summary>
    private static readonly string[] Never = ["/api-keys", "/ip-rules", "/support-grants", "/erase", "/export", "/erasures", "/second-factors", "/password-reset", "/v1/operator/"];

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T46")]
    public async Task EveryOperation_ByAKeyOfEachScope_IsOpenExactlyWhereItSaysSo()
    {
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var owner = await host.NewTenantAsync("enterprise");
        var objects = await walk.MakeObjectsAsync(owner);
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var scope in Scopes) keys[scope] = (await host.NewKeyAsync(owner, scope)).Text;
        var open = 0;

        // What takes away comes last, what stops everybody at the very end.
        foreach (var operation in walk.Operations.OrderBy(it => it.Path.EndsWith("{tenant}/sessions", StringComparison.Ordinal)).ThenBy(it => it.Method == "DELETE").ThenByDescending(it => it.Path.Length))
        {
            string[] opened = Named().Match(operation.Description) is { Success: true } named ? [.. named.Groups["scope"].Captures.Select(capture => capture.Value)] : [];
            var target = IsolationWalk.Fill(operation.Path, owner.Slug, objects);
            if (Never.Any(part => operation.Path.Contains(part, StringComparison.Ordinal)) || operation is { Path: "/v1/tenants/{tenant}", Method: "PATCH" } || IsRoleChange(operation)) opened.ShouldBeEmpty($"{operation}");
            foreach (var (scope, key) in keys.OrderBy(it => opened.Contains(it.Key)))
            {
                var answer = await walk.SendAsync(operation, target, key);
                if (opened.Length == 0) answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
                else if (!opened.Contains(scope)) answer.ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
                else answer.Code.ShouldNotBeOneOf("forbidden", "api_key_invalid", "api_key_not_accepted", "session_invalid", "internal_error");
                if (opened.Contains(scope)) open++;
            }
        }

        open.ShouldBeGreaterThan(35);
        output.WriteLine($"{open} pairs of an operation and a scope that opens it, of {walk.Operations.Count * Scopes.Length}.");
    }

    private static bool IsRoleChange(TenantOperation operation) => operation.Path.Contains("/roles", StringComparison.Ordinal) && operation.Method != "GET";

    [GeneratedRegex("API key with scope (?<scope>[a-z]+)(?: or (?<scope>[a-z]+))*\\]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
