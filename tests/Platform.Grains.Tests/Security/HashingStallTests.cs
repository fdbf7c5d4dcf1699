using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class HashingStallTests
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    private readonly HashingStall _stall = new();

    [Fact]
    public void Is_RightAfterTheFirstCaller_IsFalseUntilPatienceIsOver()
    {
        _stall.Begin(Start);

        _stall.Is(Start + HashingStall.Patience - TimeSpan.FromTicks(1)).ShouldBeFalse();
        _stall.Is(Start + HashingStall.Patience).ShouldBeTrue();
    }

    [Fact]
    public void Is_AfterAFinish_CountsFromThere()
    {
        _stall.Begin(Start);
        _stall.Finish(Start + TimeSpan.FromSeconds(5), TimeSpan.Zero);

        _stall.Is(Start + TimeSpan.FromSeconds(5.5)).ShouldBeFalse();
    }

    /// <summary>At the highest cost a hash takes seconds, and stands still no more than a cheap one.</summary>
    [Fact]
    public void Is_WhereHashesTakeLong_WaitsForSome()
    {
        var usual = TimeSpan.FromSeconds(3);
        _stall.Begin(Start);
        _stall.Finish(Start + usual, usual);
        _stall.Begin(Start + usual);

        _stall.Is(Start + (usual * 4)).ShouldBeFalse();
        _stall.Is(Start + (usual * 5) + HashingStall.Patience).ShouldBeTrue();
    }
}
