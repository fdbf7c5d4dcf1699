using System.Text;
using Platform.Api.Authentication;

namespace Platform.Api.Tests.Authentication;

public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("id:secret", "id", "secret")]
    [InlineData("a%3Ab:c%3ad", "a:b", "c:d")]
    [InlineData("a+b:c%20d%2B", "a b", "c d+")]
    [InlineData(":", "", "")]
    [InlineData("a:b:c", "a", "b:c")]
    [InlineData("%5f%7E:%41", "_~", "A")]
    public void Read_FormUrlencodedPair_IsDecodedOnce(string pair, string id, string secret) => Read(Encode(pair)).ShouldBe((id, secret));

    [Theory]
    [InlineData("no colon")]
    [InlineData("a%:b")]
    [InlineData("a:b%4")]
    [InlineData("a:%zz")]
    [InlineData("é:b")]
    [InlineData("a:%C3%A9")]
    [InlineData("a%3Ab")]
    public void Read_WhatIsNoPair_IsRefused(string pair) => Read(Encode(pair)).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("YTpi Yzpk")]
    [InlineData("YTpi\n")]
    [InlineData("YTpiY")]
    [InlineData("YTpi====")]
    [InlineData("YTp-")]
    public void Read_WhatIsNoBase64_IsRefused(string encoded) => Read(encoded).ShouldBeNull();

    [Fact]
    [Trait("Threat", "T65")]
    public void Read_LongerThanAnyKey_IsRefused()
    {
        Read(Encode("a:" + new string('x', BasicCredentials.MaxLength - 2))).ShouldNotBeNull();
        Read(Encode("a:" + new string('x', BasicCredentials.MaxLength - 1))).ShouldBeNull();
    }

    [Fact]
    public void Read_AnyPair_AllocatesNothing()
    {
        var encoded = Encode("key_%5f:platform%5Fsk%5Fabc");
        Repeat(2_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(1_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Repeat(int times)
        {
            Span<char> room = stackalloc char[BasicCredentials.MaxLength];
            for (var i = 0; i < times; i++)
            {
                if (!BasicCredentials.TryRead(encoded, room, out _, out var secret) || secret.Length != 15) throw new InvalidOperationException();
            }
        }
    }

    private static string Encode(string pair) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    private static (string Id, string Secret)? Read(string encoded)
    {
        Span<char> room = stackalloc char[BasicCredentials.MaxLength];
        return BasicCredentials.TryRead(encoded, room, out var id, out var secret) ? (id.ToString(), secret.ToString()) : null;
    }
}
