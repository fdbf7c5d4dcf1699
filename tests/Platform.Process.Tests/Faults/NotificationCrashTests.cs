using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>What was to be told is told, although the sender was down and the process was killed before it could send.</summary>
public sealed class NotificationCrashTests(ITestOutputHelper output) : ProcessTest(output)
{
    private static readonly string[] Users = ["owner", "bob", "carol", "dave"];

    /// <summary>A row that was just being sent at the moment of the kill is taken up again after two minutes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    [Fact]
    [Trait("Fault", "F1")]
    public async Task Kill_WhileTheSenderIsDown_LosesNoNotification()
    {
        // Nobody listens there.
        var platform = await StartAsync(("Platform__Notifications__Smtp__Host", "127.0.0.1"), ("Platform__Notifications__Smtp__Port", "1"));
        var operatorSession = await platform.SignInAsync();
        await platform.CreateTenantAsync(operatorSession.Token, "acme");
        var owner = await platform.SignInAsync("acme", "owner");
        foreach (var user in Users.Skip(1)) (await platform.CreateUserAsync(owner.Token, "acme", user)).ShouldBe(HttpStatusCode.Created);
        foreach (var username in Users)
        {
            (await platform.SendAsync("POST", "/v1/password/forgot", new { tenant = "acme", username })).ShouldBe(HttpStatusCode.Accepted);
        }

        // Each failed at least once, and now stands between two tries.
        await platform.WaitForLogAsync("not delivered .*attempt 2");
        await UntilAsync(Time.GetUtcNow() + TimeSpan.FromMilliseconds(500));
        await platform.KillAsync();
        Directory.Exists(Path.Combine(Folder.Path, "outbox")).ShouldBeFalse("nothing was sent");
        var again = await StartAsync([], platform.OperatorPassword);

        var sent = await OutboxFiles.WaitForAsync(Folder.Path, Users.Length, timeout: Timeout);
        sent.Select(message => message.Data["username"]).Order().ShouldBe(Users.Order());
        var token = sent.Single(message => message.Data["username"] == "bob").Data["token"];
        (await again.SendAsync("POST", "/v1/password/reset", new { token, newPassword = "Amber-Lantern-48" })).ShouldBe(HttpStatusCode.NoContent);
        await again.SignInAsync("acme", "bob", "Amber-Lantern-48");
    }
}
