using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Api.Tests.SecondFactors;
using Platform.Security;

namespace Platform.Api.Tests.Security;

/// <summary>Uses every way in with secrets that can be searched for, and then searches all that was written.</summary>
public sealed partial class SecretsCanaryTests
{
    private const string Canary = "Kanarienvogel-93-Zitrone";
    private const string Changed = "Rotkehlchen-28-Hagebutte";

    [Fact]
    [Trait("Threat", "T76")]
    [Trait("Threat", "T77")]
    [Trait("Threat", "T79")]
    public async Task Secrets_WhateverIsDone_AppearInNoLogTraceAnswerOrFile()
    {
        // Spans of other classes' hosts end here too, on threads of theirs, while this test reads.
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
                spans.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(e => e.Tags))} {activity.StatusDescription}"),
        };
        ActivitySource.AddActivityListener(listener);
        var host = new PlatformHost([.. RecordedLogs.Everything]);
        await host.InitializeAsync();
        var answers = new StringBuilder();
        var tokens = new List<string>();
        try
        {
            var slug = PlatformHostCalls.NewSlug();
            var admin = new { username = "canary", email = "c@example.com", password = Canary };
            await RecordAsync(host.SendAsync("POST", "/v1/operator/tenants", new { slug, name = slug, edition = "trial", admin }, await host.OperatorTokenAsync()));
            await RecordAsync(host.TrySignInAsync(slug, "canary", Canary + "!"));
            await RecordAsync(host.TrySignInAsync(slug, Canary, Canary));
            await RecordAsync(host.SendAsync("POST", "/v1/sign-in", $"{{\"tenant\":\"{slug}\",\"username\":\"canary\",\"password\":\"{Canary}\",}}"));
            await RecordAsync(host.SendAsync("GET", $"/v1/sign-in?password={Canary}"));
            var session = await host.SignInAsync(slug, "canary", Canary);
            tokens.Add(session.Token);
            await RecordAsync(host.PeekAsync(session.Token));
            await RecordAsync(host.PeekAsync(session.Token[..^1] + "A"));
            await RecordAsync(host.SendAsync("POST", "/v1/me/password", new { currentPassword = Canary, newPassword = "short" }, session.Token));
            await RecordAsync(host.SendAsync("POST", $"/v1/tenants/{slug}/users", new { username = "x", email = "x@example.com", password = Canary, role = Canary }, session.Token));
            await RecordAsync(host.SendAsync("POST", "/v1/me/email", new { email = "canary@example.com", password = Canary }, session.Token));
            await RecordAsync(host.SendAsync("POST", "/v1/invitations/accept", new { token = Canary, password = Canary }));
            await RecordAsync(host.SendAsync("POST", "/v1/sign-in/new-password", new { challenge = Canary, newPassword = Canary }));
            await RecordAsync(host.SendAsync("POST", "/v1/sessions/end", new { token = Canary }));
            var changed = await host.SendAsync("POST", "/v1/me/password", new { currentPassword = Canary, newPassword = Changed }, session.Token);
            tokens.Add(changed.Header("Session-Token")!);
            await RecordAsync(host.SendAsync("GET", "/v1/me/sessions", token: tokens[1]));
            tokens.AddRange(await UseSecondFactorsAsync(slug, tokens[1]));
            await RecordAsync(host.SignOutAsync(tokens[1]));
            host.Service<ClusterCredential>().Present();
            tokens.Add((string)RequestContext.Get(ClusterCredential.ContextKey)!);
        }
        finally
        {
            await host.DisposeStartedAsync();
        }

        spans.ShouldNotBeEmpty();
        host.Logs.Text.Length.ShouldBeGreaterThan(0);
        var files = string.Join('\n', Directory.EnumerateFiles(host.Folder, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        files.Length.ShouldBeGreaterThan(1_000);
        var database = await TestDatabases.DumpAsync(host.Folder);
        database.ShouldContain(SessionId.Prefix, Case.Sensitive, "the search finds what is there");
        foreach (var (where, text) in new[] { ("log", host.Logs.Text), ("span", string.Join('\n', spans)), ("answer", answers.ToString()), ("output", host.Output.ToString()), ("file", files), ("database", database) })
        {
            foreach (var secret in new[] { Canary, Changed, PlatformHost.OperatorPassword }.Concat(tokens).Concat(tokens.Where(token => token.Length >= 80).Select(token => token[20..80])))
            {
                text.ShouldNotContain(secret, Case.Sensitive, $"in a {where}");
            }
        }

        InternalNames().IsMatch(answers.ToString()).ShouldBeFalse();
        await host.RemoveDataAsync();

        // What a person is shown once: the answers that show it are not recorded, all others are.
        async Task<IEnumerable<string>> UseSecondFactorsAsync(string slug, string token)
        {
            await RecordAsync(host.ChangeTenantAsync(slug, new { features = new { twoFactor = true } }));
            var enrolled = await host.EnrolAsync(new TestUser("", slug, "", "canary", Changed, token));
            var challenge = await host.ChallengeAsync(enrolled.User);
            await RecordAsync(host.ProveAsync(challenge, "12345"));
            await RecordAsync(host.ProveAsync((challenge[0] == 'A' ? "B" : "A") + challenge[1..], enrolled.RecoveryCodes[0], "recovery_code"));
            await RecordAsync(host.SendAsync("DELETE", "/v1/me/totp", new { password = Changed + "!", code = enrolled.RecoveryCodes[1] }, token));
            await RecordAsync(host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = "+4915112345678901234" }, token));
            var proven = await host.ProveAsync(challenge, enrolled.RecoveryCodes[2], "recovery_code");
            await RecordAsync(host.SendAsync("GET", "/v1/me", token: proven.String("token")));
            var secret = Convert.ToHexString(enrolled.App.Secret);
            return [challenge, secret, secret.ToLowerInvariant(), proven.String("token")!, .. enrolled.RecoveryCodes];
        }

        async Task RecordAsync(Task<Answer> call)
        {
            var answer = await call;
            answers.AppendLine(answer.Text).AppendLine(string.Join('\n', answer.Message.Headers.Select(header => $"{header.Key}: {string.Join(',', header.Value)}")));
        }
    }

    [Fact]
    [Trait("Threat", "T77")]
    public async Task KeyFiles_AreReadableByTheirOwnerOnly()
    {
        await using var host = await new PlatformHost().StartedAsync();
        foreach (var file in new[] { "tls/localhost.key", "keys/master.key" })
        {
            File.GetUnixFileMode(Path.Combine(host.Folder, file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [GeneratedRegex(@"System\.|Platform\.|Orleans|Exception|SQLite|Npgsql|PostgreSQL|\bat [A-Z]\w+\.", RegexOptions.None, 1000)]
    private static partial Regex InternalNames();
}
