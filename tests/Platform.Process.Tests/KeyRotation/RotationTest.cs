using System.Net;
using System.Security.Cryptography;
using System.Text;
using Platform.Process.Tests.Backups;

namespace Platform.Process.Tests.KeyRotation;

/// <summary><c>rotate-master-key</c> as an operator runs it, and what has to go on working: sessions, second factors, API keys, links, names, the access log.</summary>
public abstract class RotationTest(ITestOutputHelper output) : BackupProcessTest(output)
{
    private protected const string Command = "rotate-master-key";

    private protected string Keys => Path.Combine(Folder.Path, "keys");

    private protected string KeyPath => Path.Combine(Keys, "master.key");

    private protected async Task<BashResult> RotateAsync(params string[] flags)
    {
        var run = await RunAsync(Folder, [Command, .. flags]);
        run.ExitCode.ShouldBe(0, run.ToString());
        return run;
    }

    /// <summary>The name of a key, as another program would compute it.</summary>
    private protected static string IdOf(string path) => Convert.ToHexStringLower(FingerprintOf(path).AsSpan(0, 8));

    /// <summary>What stands before each value that the key wrapped.</summary>
    private protected static byte[] NameOf(string path) => [1, .. FingerprintOf(path).AsSpan(0, 4)];

    private protected static async Task<Estate> SettleAsync(PlatformProcess platform)
    {
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        (await platform.SendAsync("PATCH", "/v1/operator/tenants/acme", new { features = new { twoFactor = true } }, (await platform.SignInAsync()).Token)).ShouldBe(HttpStatusCode.OK);
        var owner = await platform.SignInAsync("acme", "owner");
        foreach (var name in (string[])["bob", "carol"]) await platform.CreateUserAsync(owner.Token, "acme", name);
        var carol = await platform.SignInAsync("acme", "carol");
        var app = new Authenticator((await platform.SendAsync("POST", "/v1/me/totp", token: carol.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("otpauthUri").GetString()!);
        (await platform.SendAsync("POST", "/v1/me/totp/confirm", new { code = app.CodeAt(Time.GetUtcNow()) }, carol.Token)).ShouldBe(HttpStatusCode.OK);
        var key = (await platform.SendAsync("POST", "/v1/tenants/acme/api-keys", new { name = "back end", scopes = new[] { "introspect", "read" } }, owner.Token)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("key").GetString()!;
        return new Estate(owner.Token, carol.Token, app, key);
    }

    private static byte[] FingerprintOf(string path) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, File.ReadAllBytes(path), 32, salt: [], info: "fingerprint-of-the-master-key"u8.ToArray());

    /// <param name="Owner">Token of a session.</param>
    /// <param name="Carol">Likewise, of a user with a second factor.</param>
    /// <param name="App">Her authenticator.</param>
    /// <param name="ApiKey">With scope <c>read</c>.</param>
    private protected sealed record Estate(string Owner, string Carol, Authenticator App, string ApiKey)
    {
        private DateTimeOffset _lastStep = TimeProvider.System.GetUtcNow();

        public async Task ShouldWorkAsync(PlatformProcess platform)
        {
            foreach (var token in (string[])[Owner, Carol]) (await platform.PeekAsync(token)).ShouldBe(HttpStatusCode.OK);
            (await platform.SendAsync("GET", "/v1/tenants/acme/users", token: ApiKey)).ShouldBe(HttpStatusCode.OK);
            (await platform.SignInAsync("acme", "bob")).Token.ShouldNotBeEmpty();
            var verified = (await platform.SendAsync("GET", "/v1/tenants/acme/audit-events/verify", token: Owner)).ShouldBe(HttpStatusCode.OK).Json;
            verified.GetProperty("valid").GetBoolean().ShouldBeTrue(verified.GetRawText());
            (await platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
        }

        /// <summary>Each code counts once: the next step of the clock is allowed ahead.</summary>
        public async Task ShouldPassSecondFactorAsync(PlatformProcess platform)
        {
            // Waited for, since a process of its own takes no other clock.
            var (now, next) = (TimeProvider.System.GetUtcNow(), _lastStep + TimeSpan.FromSeconds(31));
            if (next - now > TimeSpan.FromSeconds(30)) await Task.Delay(next - now - TimeSpan.FromSeconds(30), TimeProvider.System);
            _lastStep = next > now ? next : now;
            var challenge = (await platform.TrySignInAsync("acme", "carol", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("challenge").GetString();
            (await platform.SendAsync("POST", "/v1/sign-in/second-factor", new { challenge, method = "totp", code = App.CodeAt(_lastStep) })).ShouldBe(HttpStatusCode.OK);
        }

        public static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
    }
}
