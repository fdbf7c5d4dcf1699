using System.Net;
using System.Text.Json;

namespace Platform.Process.Tests.Backups;

/// <summary>A tenant whose deletion began after the backup (decision 111): with a journal, with newer data keys, and with neither.</summary>
[Trait("Threat", "T78"), Trait("Threat", "T52")]
public sealed class DeletedTenantTests(ITestOutputHelper output) : JournalTest(output)
{
    private (string Key, string Value)[] AtOnce => [.. Settings, ("Platform__Tenants__DeletionDelay", "00:00:00")];

    [Fact, Trait("Fault", "F21")]
    public async Task Restore_WithAJournalOfADeletion_DeletesAgain()
    {
        var platform = await StartAsync(AtOnce);
        var (tenant, owner) = await PrepareAsync(platform, "globex");
        var (kept, _) = await PrepareAsync(platform, "acme");
        var backup = await BackUpAsync(Folder);
        await DeleteAsync(platform, tenant);
        await platform.KillAsync();

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        (await RunAsync(elsewhere, "restore", "--from", backup, "--journal", Journal)).ExitCode.ShouldBe(0);

        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere) { Settings = Settings }, platform.OperatorPassword);
        await ShouldBeGoneAsync(restored, tenant, owner);
        (await restored.SignInAsync("acme", "owner")).Token.ShouldNotBeEmpty();
        (await restored.SendAsync("GET", $"/v1/operator/tenants/{kept}", token: (await restored.SignInAsync()).Token)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>It is killed at once after the answer, so that the deletion has begun and is not complete.</summary>
    [Fact, Trait("Fault", "F21")]
    public async Task Restore_WithAJournalOfADeletionThatWasCutOff_DeletesAgain()
    {
        var platform = await StartAsync(AtOnce);
        var (tenant, owner) = await PrepareAsync(platform, "globex");
        var backup = await BackUpAsync(Folder);
        var @operator = (await platform.SignInAsync()).Token;
        var asked = platform.SendAsync("DELETE", $"/v1/operator/tenants/{tenant}", token: @operator);
        while (!asked.IsCompleted && !await HasBegunAsync()) await Task.Yield();
        await platform.KillAsync();
        try
        {
            await asked;
        }
        catch (HttpRequestException)
        {
            // Killed: no answer.
        }

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        (await RunAsync(elsewhere, "restore", "--from", backup, "--journal", Journal)).ExitCode.ShouldBe(0);
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere) { Settings = Settings }, platform.OperatorPassword);
        await ShouldBeGoneAsync(restored, tenant, owner);

        async Task<bool> HasBegunAsync() => (await Task.WhenAll(Directory.GetFiles(Journal).Select(file => ReadSharedAsync(file)))).Any(text => text.Contains("tenant.deletion_begun", StringComparison.Ordinal));
    }

    /// <summary>Data keys go first, and what a newer backup has of them says that the deletion had begun.</summary>
    [Fact, Trait("Fault", "F21")]
    public async Task Restore_WithNewerDataKeysAndNoJournal_DeletesAgain()
    {
        var platform = await StartAsync(AtOnce);
        var (tenant, owner) = await PrepareAsync(platform, "globex");
        await PrepareAsync(platform, "acme");
        var data = await BackUpAsync(Folder);
        await DeleteAsync(platform, tenant);
        var keys = await BackUpAsync(Folder);
        await platform.KillAsync();

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        (await RunAsync(elsewhere, "restore", "--from", data, "--data-keys", keys, "--without-journal")).ExitCode.ShouldBe(0);

        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere), platform.OperatorPassword);
        await ShouldBeGoneAsync(restored, tenant, owner);
        (await restored.TrySignInAsync("acme", "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("status").GetString().ShouldBe("password_change_required");
    }

    /// <summary>Its time had passed by the restore, and nobody knows whether it was taken back.</summary>
    [Fact]
    public async Task Restore_OfATenantWhoseTimeIsOver_WithoutAJournal_KeepsItsPeopleOutUntilAnOperatorDecides()
    {
        var platform = await StartAsync(("Platform__Tenants__DeletionDelay", "00:00:20"));
        var (tenant, owner) = await PrepareAsync(platform, "globex");
        var deletes = (await platform.SendAsync("DELETE", $"/v1/operator/tenants/{tenant}", token: (await platform.SignInAsync()).Token)).ShouldBe(HttpStatusCode.Accepted).Json.GetProperty("deletesAt").GetDateTimeOffset();
        var backup = await BackUpAsync(Folder);
        await platform.KillAsync();
        await UntilAsync(deletes);

        await using var elsewhere = new DataFolder();
        CopyMasterKey(Folder, elsewhere);
        var run = await RunAsync(elsewhere, "restore", "--from", backup);
        run.ExitCode.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("Look at globex: it was to be deleted at");

        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(elsewhere), platform.OperatorPassword);
        await ShouldBeOutsideAsync(restored, owner);
        var @operator = await OperatorTokenAsync(restored);
        var view = (await restored.SendAsync("GET", "/v1/operator/tenants/globex", token: @operator)).ShouldBe(HttpStatusCode.OK).Json;
        view.GetProperty("status").GetString().ShouldBe("suspended");
        view.GetProperty("deletesAt").ValueKind.ShouldBe(JsonValueKind.String, "the deletion goes on");
        (await restored.SendAsync("PATCH", "/v1/operator/tenants/globex", new { deletesAt = (string?)null, status = "active" }, @operator)).ShouldBe(HttpStatusCode.OK);
        (await restored.TrySignInAsync("globex", "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("status").GetString().ShouldBe("password_change_required");
    }

    private static async Task<(string Tenant, SignedIn Owner)> PrepareAsync(PlatformProcess platform, string slug)
    {
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, slug);
        var owner = await platform.SignInAsync(slug, "owner");
        (await platform.CreateUserAsync(owner.Token, slug, "bob")).ShouldBe(HttpStatusCode.Created);
        (await platform.SendAsync("POST", $"/v1/tenants/{slug}/scenarios", new { name = "x", kind = "scenario", content = new { } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        return (owner.Session.GetProperty("tenantId").GetString()!, owner);
    }

    private static async Task DeleteAsync(PlatformProcess platform, string tenant)
    {
        var @operator = (await platform.SignInAsync()).Token;
        (await platform.SendAsync("DELETE", $"/v1/operator/tenants/{tenant}", token: @operator)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);
        await CompleteAsync(platform, @operator, tenant);
    }

    /// <summary>The platform ends it by itself, at the latest with its next round.</summary>
    private static async Task CompleteAsync(PlatformProcess platform, string @operator, string tenant)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(90), Time);
        while ((await platform.SendAsync("GET", $"/v1/operator/tenant-deletions/{tenant}", token: @operator)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("completedAt").ValueKind == JsonValueKind.Null)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task ShouldBeGoneAsync(PlatformProcess restored, string tenant, SignedIn owner)
    {
        await ShouldBeOutsideAsync(restored, owner);
        var @operator = await OperatorTokenAsync(restored);
        await CompleteAsync(restored, @operator, tenant);
        await ShouldBeOutsideAsync(restored, owner);
        (await restored.SendAsync("GET", $"/v1/operator/tenants/{tenant}", token: @operator)).ShouldBe(HttpStatusCode.NotFound);
        (await restored.SendAsync("POST", "/v1/operator/tenants", new { slug = "globex", name = "Globex", edition = "standard", admin = new { username = "owner", email = "o@example.com", password = ApiCalls.Password } }, @operator)).Code.ShouldBe("slug_taken");
        (await restored.SendAsync("GET", "/v1/tenants/platform/audit-events/verify", token: @operator)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
        restored.ShouldHaveDeniedNoCall();
    }

    private static async Task ShouldBeOutsideAsync(PlatformProcess restored, SignedIn owner)
    {
        (await restored.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var user in (string[])["owner", "bob"]) (await restored.TrySignInAsync("globex", user, ApiCalls.Password)).Status.ShouldBe(HttpStatusCode.Unauthorized, user);
    }

    /// <summary>Without a journal operators choose a new password, too.</summary>
    private static async Task<string> OperatorTokenAsync(PlatformProcess restored)
    {
        var answer = (await restored.TrySignInAsync("platform", "operator", restored.OperatorPassword)).ShouldBe(HttpStatusCode.OK);
        if (answer.String("status") == "signed_in") return SignedIn.Of(answer).Token;
        answer = await restored.SendAsync("POST", "/v1/sign-in/new-password", new { challenge = answer.String("challenge"), newPassword = NewPassword });
        return SignedIn.Of(answer).Token;
    }

    private static async Task<string> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
