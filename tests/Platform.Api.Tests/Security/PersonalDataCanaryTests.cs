using System.Text;
using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Security;

/// <summary>Types what is personal into everything that takes it, and then searches the whole database for it, while it is in use and afterwards.</summary>
public sealed class PersonalDataCanaryTests
{
    private const string Name = "Wintergoldhaehnchen";
    private const string Address = "feuersalamander@hellebore.example";
    private const string NewAddress = "gartenrotschwanz@hellebore.example";
    private const string Phone = "+4915155501234";
    private const string Ip = "203.0.113.77";
    private const string Ip6 = "2001:db8:5ca1:ab1e::77";
    private const string Network6 = "2001:db8:5ca1:ab1e::/64";
    private const string Agent = "Federwolken/7.3";
    private const string Unknown = "Blaukehlchen";
    private const string Deleted = "Steinschmaetzer";

    private static readonly string[] Canaries = [Name, Address, NewAddress, Phone[1..], Ip, Ip6, Network6, Agent, Unknown, Deleted];

    [Fact]
    [Trait("Threat", "T52")]
    [Trait("Threat", "T77")]
    public async Task PersonalData_WhereverItIsTyped_LiesNowhereInTheClear()
    {
        var calls = 0;

        // Mail cannot be delivered, so that it lies in the outbox; text messages can.
        await using var host = await new PlatformHost(
            "--Platform:Proxy:TrustedNetworks=127.0.0.0/8", "--Platform:Notifications:Smtp:Host=127.0.0.1", "--Platform:Notifications:Smtp:Port=1").StartedAsync();
        var owner = await host.NewTwoFactorTenantAsync();
        var made = await SendAsync(
            "POST", $"/v1/tenants/{owner.Slug}/users", new { username = Name, email = Address, password = ApiCalls.Password, mustChangePassword = false, role = "viewer" }, owner.Token,
            ("Idempotency-Key", $"for-{Address}"));
        var id = made.ShouldBe(HttpStatusCode.Created).String("id")!;
        var signedIn = (await SignInAsync(Name, ApiCalls.Password)).ShouldBe(HttpStatusCode.OK);
        var user = new TestUser(owner.TenantId, owner.Slug, id, Name, ApiCalls.Password, signedIn.String("token")!);
        (await SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{id}", new { email = NewAddress }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?username={Name}", null, owner.Token)).Items.ShouldHaveSingleItem();

        var enrolled = await host.EnrolAsync(user);
        (await SendAsync("POST", "/v1/me/phone", new { phoneNumber = Phone }, user.Token)).ShouldBe(HttpStatusCode.Accepted);
        var code = await host.MessageAsync(Phone);
        (await SendAsync("POST", "/v1/me/phone/confirm", new { code }, user.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await SignInAsync(Name, ApiCalls.Password)).String("status").ShouldBe("second_factor_required", "a challenge waits, bound to its network");
        (await SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = Name })).ShouldBe(HttpStatusCode.Accepted);

        await host.NewUserAsync(owner, Deleted, "viewer");
        var gone = (await SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?username={Deleted}", null, owner.Token)).Items[0].GetProperty("id").GetString();
        (await SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/users/{gone}", null, owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await SignInAsync(Unknown, ApiCalls.Password)).ShouldBe(HttpStatusCode.Unauthorized);
        for (var i = 0; i < 5; i++) (await SignInAsync(Name, "Wrong-Harbour-71")).ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync("GET", "/v1/me/sessions", null, user.Token)).ShouldBe(HttpStatusCode.OK).Items[0].GetProperty("userAgent").GetString().ShouldBe(Agent, "it was seen");

        var inUse = CopyInUse(host.Folder);
        await host.DisposeStartedAsync();
        ShouldHoldNone(inUse, owner.Slug);
        ShouldHoldNone(await TestDatabases.DumpAsync(host.Folder), owner.Slug);

        async Task<Answer> SignInAsync(string username, string password) =>
            await SendAsync("POST", "/v1/sign-in", new { tenant = owner.Slug, username, password, transport = "token" });

        // By turns from both addresses.
        Task<Answer> SendAsync(string method, string path, object? body = null, string? token = null, params (string, string)[] more) => host.SendAsync(
            method, path, body, token, null, [("User-Agent", Agent), ("X-Forwarded-For", calls++ % 2 == 0 ? Ip : Ip6), ("X-Forwarded-Proto", "https"), .. more]);
    }

    private static void ShouldHoldNone(string? database, string control)
    {
        if (database is null) return;
        Forms(control).Any(form => database.Contains(form, StringComparison.OrdinalIgnoreCase)).ShouldBeTrue("the search finds what is there");
        foreach (var canary in Canaries)
        {
            foreach (var form in Forms(canary)) database.Contains(form, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"{canary} as {form}");
        }
    }

    /// <summary>As text, as hex, as the numbers of a JSON array, and as Base64 wherever it begins.</summary>
    private static IEnumerable<string> Forms(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        yield return text;
        yield return Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text));
        yield return Convert.ToHexString(bytes);
        yield return string.Join(',', bytes);
        for (var before = 0; before < 3; before++)
        {
            // What stands before and behind shares the digits at the ends.
            var whole = bytes.AsSpan((3 - before) % 3);
            yield return Convert.ToBase64String(whole[..(whole.Length / 3 * 3)]);
        }
    }

    /// <summary>The file with its write-ahead log as another process would copy them; null on PostgreSQL.</summary>
    private static string? CopyInUse(string folder)
    {
        if (TestDatabases.ArePostgres) return null;
        var text = new StringBuilder();
        foreach (var path in Directory.GetFiles(folder, "platform.db*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            text.AppendLine(Encoding.Latin1.GetString(copy.ToArray()));
        }

        return text.ToString();
    }
}
