using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using Platform.Api.Tokens;
using Platform.Security;

namespace Platform.Api.Tests.Tokens;

/// <summary>A key ring on a grain that the test writes, with a clock that stands.</summary>
internal sealed class RingFixture
{
    public RingFixture(ManualTimeProvider? time = null)
    {
        Time = time ?? new ManualTimeProvider();
        Grains = Substitute.For<IGrainFactory>();
        Grains.GetGrain<IKeyRingGrain>("keyring_test").Returns(Grain);
        Grain.GetAsync(Arg.Any<CancellationToken>()).Returns(_ => Task.FromResult(Keys));
        Ring = NewRing();
    }

    public ManualTimeProvider Time { get; }

    public IGrainFactory Grains { get; }

    public IKeyRingGrain Grain { get; } = Substitute.For<IKeyRingGrain>();

    public MasterKey Master { get; } = new(RandomNumberGenerator.GetBytes(32));

    public ImmutableArray<WrappedKey> Keys { get; set; } = [];

    public TokenKeyRing Ring { get; }

    public int Reads => Grain.ReceivedCalls().Count();

    public TokenKeyRing NewRing() =>
        new(Grains, Master, Options.Create(new PlatformOptions { Environment = "test" }), Time, NullLogger<TokenKeyRing>.Instance);

    public WrappedKey NewKey(uint id, TimeSpan activeIn = default, TimeSpan? retiredIn = null) => new()
    {
        KeyId = id,
        Wrapped = Master.Wrap(RandomNumberGenerator.GetBytes(32), KeyPurposes.Token),
        ActiveFrom = Time.GetUtcNow() + activeIn,
        RetiredFrom = Time.GetUtcNow() + (retiredIn ?? TimeSpan.FromDays(7)),
    };

    public async Task<(string Token, ImmutableArray<byte> Hash, SessionId Id)> SealAsync(TokenKeyRing? ring = null)
    {
        var fresh = await new SessionTokens(ring ?? Ring).PrepareAsync(CancellationToken.None);
        var (hash, id) = (fresh.SecretHash, PrefixedId.New<SessionId>(Time));
        return (fresh.Seal(id, Time.GetUtcNow() + TimeSpan.FromDays(1)), hash, id);
    }

    public TokenOutcome Open(string token) => Ring.TryOpen(token, Time.GetUtcNow(), new byte[32], out _);
}
