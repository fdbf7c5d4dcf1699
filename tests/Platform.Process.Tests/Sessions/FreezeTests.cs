using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Sessions;

/// <summary>A process that was stopped for a while judges by the time that it is, not by the time that it last saw.</summary>
public sealed class FreezeTests(ITestOutputHelper output) : ProcessTest(output)
{
    /// <summary>Long enough that a busy machine signs in twice and touches both within it.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(8);

    [Fact]
    [Trait("Threat", "T41"), Trait("Fault", "F3")]
    public async Task Peek_AfterAFreezeLongerThanTheIdleTimeout_IsRefusedAtOnce()
    {
        var platform = await StartAsync(("Platform__Sessions__IdleTimeout", $"{Idle:c}"), ("Platform__Sessions__MinIdleTimeout", "00:00:01"));
        var (session, other) = (await platform.SignInAsync(), await platform.SignInAsync());
        (await platform.TouchAsync(other.Token)).ShouldBe(HttpStatusCode.OK);
        (await platform.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        var frozenAt = Time.GetUtcNow();
        platform.Freeze();
        await UntilAsync(frozenAt + Idle + TimeSpan.FromMilliseconds(200));

        // These wait in the kernel for the process to go on, on a connection that it knows and on new ones.
        Task<Answer>[] waiting = [platform.PeekAsync(session.Token), platform.TouchAsync(session.Token), platform.ValidateAsync(other.Token), platform.TouchAsync(other.Token)];
        platform.Thaw();

        foreach (var answer in await Task.WhenAll(waiting)) answer.ShouldBe(HttpStatusCode.Unauthorized);
        (await platform.PeekAsync(session.Token)).IsRefused.ShouldBeTrue();
        var next = await platform.SignInAsync();
        (await platform.TouchAsync(next.Token)).ShouldBe(HttpStatusCode.OK);
    }
}
