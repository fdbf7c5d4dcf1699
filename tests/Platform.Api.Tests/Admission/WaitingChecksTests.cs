using Microsoft.AspNetCore.Http;
using Platform.Api.Admission;

namespace Platform.Api.Tests.Admission;

public sealed class WaitingChecksTests
{
    private readonly WaitingChecks _checks = new(limit: 2);

    [Fact, Trait("Threat", "T69")]
    public async Task IsCrowded_OneSessionHammered_IsThatOneAlone()
    {
        var (hammered, other) = (With("one"), With("two"));
        var grain = new TaskCompletionSource();
        Task[] waiting = [_checks.FollowAsync(hammered, grain.Task), _checks.FollowAsync(hammered, grain.Task)];
        _checks.IsCrowded(hammered).ShouldBeTrue();
        _checks.IsCrowded(other).ShouldBeFalse();
        grain.SetResult();
        await Task.WhenAll(waiting);
        _checks.IsCrowded(hammered).ShouldBeFalse();
    }

    [Fact]
    public async Task Follow_CheckFails_CountsItNoMore()
    {
        var context = With("one");
        for (var i = 0; i < 3; i++) await Should.ThrowAsync<TimeoutException>(() => _checks.FollowAsync(context, Task.FromException(new TimeoutException())));
        _checks.IsCrowded(context).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T69")]
    public async Task IsCrowded_Ever_AllocatesNothing()
    {
        var context = With("one");
        var grain = new TaskCompletionSource();
        Task[] waiting = [_checks.FollowAsync(context, grain.Task), _checks.FollowAsync(context, grain.Task)];
        _checks.IsCrowded(context);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) _checks.IsCrowded(context);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        grain.SetResult();
        await Task.WhenAll(waiting);
    }

    private static DefaultHttpContext With(string token) => new() { Request = { Headers = { Authorization = "Bearer " + token } } };
}
