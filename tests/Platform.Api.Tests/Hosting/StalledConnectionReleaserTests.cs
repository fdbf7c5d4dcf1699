using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

public sealed class StalledConnectionReleaserTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _cut.Dispose();

    [Fact]
    [Trait("Threat", "T68")]
    public async Task Connection_CutButNeverEnded_IsLetGo()
    {
        var watched = Watch();
        _time.Advance(StalledConnectionReleaser.Timeout * 10);
        watched.IsCompleted.ShouldBeFalse("who is connected may take any time");

        await _cut.CancelAsync();
        var cut = TimeProvider.System.GetTimestamp();
        while (!watched.IsCompleted && TimeProvider.System.GetElapsedTime(cut) < TimeSpan.FromSeconds(30))
        {
            _time.Advance(StalledConnectionReleaser.Timeout);
            await Task.Yield();
        }

        watched.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Connection_Ended_EndsAsItDid()
    {
        var watched = Watch();
        _served.SetException(new ConnectionResetException("by the client"));

        await Should.ThrowAsync<ConnectionResetException>(watched);
    }

    [Fact]
    public async Task Connection_EndedAfterTheCut_EndsAsItDid()
    {
        var watched = Watch();
        await _cut.CancelAsync();
        _served.SetCanceled();

        await Should.ThrowAsync<OperationCanceledException>(watched);
    }

    private Task Watch() =>
        new StalledConnectionReleaser(_time, NullLogger<StalledConnectionReleaser>.Instance).Watch(_ => _served.Task)(new DefaultConnectionContext { ConnectionClosed = _cut.Token });
}
