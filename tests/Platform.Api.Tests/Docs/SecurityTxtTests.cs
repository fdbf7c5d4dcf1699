using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Platform.Api.Tests.Docs;

/// <summary>What somebody who has found a vulnerability finds here (RFC 9116).</summary>
[Trait("Threat", "T87")]
public sealed partial class SecurityTxtTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task SecurityTxt_WithoutSettings_LeadsToThisHost()
    {
        var answer = (await host.SendAsync("GET", "/.well-known/security.txt")).ShouldBe(HttpStatusCode.OK);

        answer.Message.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        var fields = Fields(answer);
        var here = host.Address.GetLeftPart(UriPartial.Authority);
        fields["Contact"].ShouldBe([$"{here}/security#report"]);
        fields["Canonical"].ShouldBe([$"{here}/.well-known/security.txt"]);
        fields["Policy"].ShouldBe([$"{here}/security"]);
        fields["Preferred-Languages"].ShouldBe(["en"]);
        foreach (var url in fields["Policy"].Concat(fields["Canonical"])) (await host.SendAsync("GET", url)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Whenever it is read.</summary>
    [Fact]
    public async Task SecurityTxt_Expires_AlwaysLaterAndWithinAYear()
    {
        await using var own = await new PlatformHost().StartedAsync();
        for (var months = 0; months < 30; months += 5)
        {
            var expires = DateTimeOffset.ParseExact(Fields(await own.SendAsync("GET", "/.well-known/security.txt"))["Expires"].Single(), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            (expires - own.Time.GetUtcNow()).ShouldBeInRange(TimeSpan.FromDays(90), TimeSpan.FromDays(364));
            own.Time.Advance(TimeSpan.FromDays(151.3));
        }
    }

    [Fact]
    public async Task SecurityTxt_WithSettings_NamesThem()
    {
        await using var own = await new PlatformHost(
            "--Platform:SecurityTxt:Contacts:0=mailto:security@example.com", "--Platform:SecurityTxt:Contacts:1=https://example.com/contact", "--Platform:SecurityTxt:PublicUrl=https://sessions.example.com",
            "--Platform:SecurityTxt:Languages:0=de", "--Platform:SecurityTxt:Languages:1=en").StartedAsync();

        var fields = Fields(await own.SendAsync("GET", "/.well-known/security.txt"));
        fields["Contact"].ShouldBe(["mailto:security@example.com", "https://example.com/contact", "https://sessions.example.com/security#report"]);
        fields["Canonical"].ShouldBe(["https://sessions.example.com/.well-known/security.txt"]);
        fields["Preferred-Languages"].ShouldBe(["de, en"]);
        (await own.SendAsync("GET", "/security")).Text.ShouldContain("<a href=\"mailto:security@example.com\">security@example.com</a>");
    }

    [Theory]
    [InlineData("Contacts:0=security@example.com")]
    [InlineData("Contacts:0=http://example.com")]
    [InlineData("Contacts:0=mailto:a@example.com\nContact: b")]
    [InlineData("PublicUrl=http://example.com")]
    [InlineData("PublicUrl=https://example.com/x")]
    [InlineData("Languages:0=english please")]
    public async Task Setting_ThatWouldSayNonsense_StopsTheStart(string setting) =>
        (await Should.ThrowAsync<OptionsValidationException>(async () => await (await new PlatformHost($"--Platform:SecurityTxt:{setting}").StartedAsync()).DisposeAsync())).Message.ShouldContain("Platform:SecurityTxt");

    /// <summary>The text inside is the one that is served without a key, and the signature is by that key.</summary>
    [Fact]
    public async Task SecurityTxt_WithAKey_IsSignedByIt()
    {
        using var key = new OpenPgpKeys("not-a-secret", onlySigns: true);
        await using var own = await new PlatformHost(
            "--Platform:SecurityTxt:PublicUrl=https://sessions.example.com", $"--Platform:SecurityTxt:SigningKey={key.SecretPath}", $"--Platform:SecurityTxt:SigningKeyPassphraseFile={key.PassphrasePath}").StartedAsync();

        var answer = (await own.SendAsync("GET", "/.well-known/security.txt")).ShouldBe(HttpStatusCode.OK);

        answer.Text.ShouldStartWith("-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\nContact: https://sessions.example.com/security#report\r\n");
        answer.Text.ShouldNotContain("Version:", Case.Sensitive, "which library signs is nobody's business");
        IsSignedBy(key, answer.Text).ShouldBeTrue();
        IsSignedBy(key, answer.Text.Replace("/security#report", "/elsewhere", StringComparison.Ordinal)).ShouldBeFalse();
        (await own.SendAsync("GET", "/.well-known/security.txt")).Text.ShouldBe(answer.Text, "one signature a day");
        (await own.SendAsync("HEAD", "/.well-known/security.txt")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SigningKey_ThatCannotSign_StopsTheStart()
    {
        using var key = new OpenPgpKeys("not-a-secret", onlySigns: true);
        string[][] wrong =
        [
            [$"--Platform:SecurityTxt:SigningKey={key.SecretPath}", "--Platform:SecurityTxt:PublicUrl=https://example.com"],
            [$"--Platform:SecurityTxt:SigningKey={key.PassphrasePath}", "--Platform:SecurityTxt:PublicUrl=https://example.com"],
            ["--Platform:SecurityTxt:SigningKey=/nowhere", "--Platform:SecurityTxt:PublicUrl=https://example.com"],
            [$"--Platform:SecurityTxt:SigningKey={key.SecretPath}", $"--Platform:SecurityTxt:SigningKeyPassphraseFile={key.PassphrasePath}"],
        ];

        foreach (var settings in wrong)
        {
            (await Should.ThrowAsync<OptionsValidationException>(async () => await (await new PlatformHost(settings).StartedAsync()).DisposeAsync())).Message.ShouldContain("Platform:SecurityTxt:SigningKey");
        }
    }

    /// <summary>The page runs its one script and nothing else, and reaches its own origin only.</summary>
    [Fact]
    public async Task Page_AllowsItsOwnScriptAndStyleAlone()
    {
        var answer = (await host.SendAsync("GET", "/security")).ShouldBe(HttpStatusCode.OK);

        var policy = answer.Header("Content-Security-Policy")!;
        policy.ShouldContain($"script-src '{HashOf(Inline("script", answer.Text))}'; connect-src 'self'");
        policy.ShouldContain($"style-src '{HashOf(Inline("style", answer.Text))}'");
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldContain("form-action 'none'");
        Address().Matches(answer.Text).Select(match => match.Groups["name"].Value).ShouldAllBe(address => address.StartsWith('/') || address.StartsWith('#'));
        Handler().IsMatch(answer.Text).ShouldBeFalse();
        answer.Text.ShouldNotContain("innerHTML");
        foreach (var promise in (string[])["No denial of service", "No data of others", "trial and developer tenants only", "Safe harbour", "Acknowledgement", "An estimate", "Notice when it is fixed", "no compensation"])
        {
            answer.Text.ShouldContain(promise);
        }
    }

    private static ILookup<string, string> Fields(Answer answer) => answer.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(": ", 2)).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static string Inline(string element, string html) => Regex.Match(html, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Groups[1].Value;

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("(href|src)=\"(?<name>[^\"]*)\"", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Address();

    [GeneratedRegex("<[^>]+ on[a-z]+=", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Handler();

    /// <summary>As any reader finds out: the lines between the two heads, without the end of the last.</summary>
    private static bool IsSignedBy(OpenPgpKeys keys, string signed)
    {
        var begin = signed.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var end = signed.IndexOf("\r\n-----BEGIN PGP SIGNATURE-----", StringComparison.Ordinal);
        using var decoded = PgpUtilities.GetDecoderStream(new MemoryStream(Encoding.ASCII.GetBytes(signed[(end + 2)..])));
        var signature = ((PgpSignatureList)new PgpObjectFactory(decoded).NextPgpObject())[0];
        signature.InitVerify(keys.Signing);
        signature.Update(Encoding.UTF8.GetBytes(signed[begin..end]));
        return signature.Verify();
    }
}
