using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using FsCheck;
using FsCheck.Fluent;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

public sealed class ClientHelloTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13, true)]
    public async Task OffersTls13_OfWhatAClientSends_IsWhatItSpeaks(SslProtocols spoken, bool offered)
    {
        var hello = await HelloAsync(spoken);

        ClientHello.OffersTls13(new(hello)).ShouldBe(offered);
        ClientHello.OffersTls13(InPieces(hello, 7)).ShouldBe(offered, "Kestrel reads in pieces");
    }

    [Fact]
    public async Task OffersTls13_OfACutMessage_IsFalse()
    {
        var hello = await HelloAsync(SslProtocols.Tls13);
        var whole = Enumerable.Range(0, hello.Length + 1).First(length => ClientHello.OffersTls13(new(hello.AsMemory(0, length))));

        // From the last byte of the versions on it is known; what follows does not matter.
        for (var length = whole; length <= hello.Length; length++) ClientHello.OffersTls13(new(hello.AsMemory(0, length))).ShouldBeTrue();
        whole.ShouldBeGreaterThan(50);
    }

    /// <summary>Strangers send it: whatever comes, there is an answer and no exception.</summary>
    [Fact]
    public void OffersTls13_OfAlteredMessages_NeverFails() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int Place, byte Value, PositiveInt Piece)[]>(),
        changes =>
        {
            var hello = Sample.Value.ToArray();
            foreach (var (place, value, _) in changes) hello[(int)((uint)place % (uint)hello.Length)] = value;
            var piece = changes.Length == 0 ? 3 : changes[0].Piece.Get;
            return ClientHello.OffersTls13(new(hello)) == ClientHello.OffersTls13(InPieces(hello, piece));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static readonly Lazy<byte[]> Sample = new(() => HelloAsync(SslProtocols.Tls12 | SslProtocols.Tls13).GetAwaiter().GetResult());

    private static async Task<byte[]> HelloAsync(SslProtocols protocols)
    {
        // Where the server would answer, the stream ends.
        using var sent = new MemoryStream();
        await using var client = new SslStream(sent, leaveInnerStreamOpen: true);
        await Should.ThrowAsync<IOException>(() => client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocols }));
        return sent.ToArray();
    }

    private static ReadOnlySequence<byte> InPieces(byte[] bytes, int size)
    {
        Piece? first = null, last = null;
        foreach (var part in bytes.Chunk(size))
        {
            last = new Piece(part, last);
            first ??= last;
        }

        return new(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Memory = bytes;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
