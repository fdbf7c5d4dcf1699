using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Platform.Api.Tokens;

namespace Platform.Api.Tests.Tokens;

public sealed class TokenKeyRingTests
{
    private readonly RingFixture _fixture = new();

    [Fact]
    public async Task Seal_UsesTheNewestKeyInUse()
    {
        _fixture.Keys = [_fixture.NewKey(1), _fixture.NewKey(2, TimeSpan.FromMinutes(1))];

        (await _fixture.Ring.SealingKeyAsync(default)).KeyId.ShouldBe(1u);
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        (await _fixture.Ring.SealingKeyAsync(default)).KeyId.ShouldBe(2u);
        _fixture.Reads.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T35")]
    public async Task Open_UnderARetiredKey_IsFinallyRefused()
    {
        _fixture.Keys = [_fixture.NewKey(1, retiredIn: TimeSpan.FromHours(1))];
        var (token, _, _) = await _fixture.SealAsync();
        _fixture.Open(token).ShouldBe(TokenOutcome.Opened);

        _fixture.Time.Advance(TimeSpan.FromHours(1));

        _fixture.Open(token).ShouldBe(TokenOutcome.Invalid);
    }

    [Fact]
    public async Task Open_UnderAKeyMadeElsewhere_ReadsTheRingOnceAndSucceeds()
    {
        _fixture.Keys = [_fixture.NewKey(1)];
        await _fixture.SealAsync();
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        _fixture.Keys = [.. _fixture.Keys, _fixture.NewKey(2)];
        var (token, _, _) = await _fixture.SealAsync(_fixture.NewRing());
        var reads = _fixture.Reads;

        _fixture.Open(token).ShouldBe(TokenOutcome.UnknownKey);
        (await _fixture.Ring.TryReadAgainAsync(default)).ShouldBeTrue();

        _fixture.Open(token).ShouldBe(TokenOutcome.Opened);
        _fixture.Reads.ShouldBe(reads + 1);
    }

    [Fact]
    [Trait("Threat", "T33")]
    public async Task UnknownKeys_HoweverMany_ReadTheRingOncePerPause()
    {
        _fixture.Keys = [_fixture.NewKey(1)];
        await _fixture.SealAsync();
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));

        var read = 0;
        for (var i = 0; i < 1_000; i++) read += await _fixture.Ring.TryReadAgainAsync(default) ? 1 : 0;

        read.ShouldBe(1);
        _fixture.Reads.ShouldBe(2);
    }

    [Fact]
    public async Task UnknownKey_WhileTheRingCannotBeRead_IsAnOutageNotARefusal()
    {
        _fixture.Keys = [_fixture.NewKey(1)];
        await _fixture.SealAsync();
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        _fixture.Grain.GetAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new StorageUnavailableException());

        await Should.ThrowAsync<StorageUnavailableException>(() => _fixture.Ring.TryReadAgainAsync(default));
        await Should.ThrowAsync<StorageUnavailableException>(() => _fixture.Ring.TryReadAgainAsync(default));
    }

    [Fact]
    public async Task Seal_WhileTheRingCannotBeReadAgain_GoesOnWithTheKnownKey()
    {
        _fixture.Keys = [_fixture.NewKey(1)];
        await _fixture.SealAsync();
        _fixture.Grain.GetAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new StorageUnavailableException());
        _fixture.Time.Advance(TimeSpan.FromMinutes(6));

        (await _fixture.Ring.SealingKeyAsync(default)).KeyId.ShouldBe(1u);
    }

    [Fact]
    public async Task Seal_WithoutAnyKey_IsAnOutage() =>
        await Should.ThrowAsync<StorageUnavailableException>(async () => await _fixture.Ring.SealingKeyAsync(default));
}
