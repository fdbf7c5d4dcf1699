using System.Net;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Platform.IpRules;

namespace Platform.Grains.Tests.IpRules;

[Trait("Threat", "T63")]
public sealed class CidrTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:DB8::/32", "2001:db8::/32")]
    [InlineData("::/0", "::/0")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7/32")]
    public void TryParse_Readable_IsPrintedInOneForm(string text, string canonical)
    {
        Cidr.TryParse(text, out var cidr).ShouldBeTrue();
        cidr.ToString().ShouldBe(canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.1.0.0/8")]
    [InlineData("010.0.0.1")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData(" 10.0.0.0/8")]
    [InlineData("10.0.0.0 /8")]
    [InlineData("１０.0.0.0/8")]
    [InlineData("fe80::1%1")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::ffff:10.0.0.0/95")]
    [InlineData("::/129")]
    [InlineData("2001:db8::1/32")]
    [InlineData("example.com")]
    public void TryParse_UnclearOrWrong_IsRefused(string text) => Cidr.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::/0", "10.1.2.3", false)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    public void Contains_ByFamily(string block, string address, bool expected)
    {
        Cidr.TryParse(block, out var cidr).ShouldBeTrue();
        cidr.Contains(IpNumber.Of(IPAddress.Parse(address)).Value).ShouldBe(expected);
    }

    /// <summary>Against whole numbers of any size, for any block and addresses at and around its ends.</summary>
    [Fact]
    public void Contains_AnyBlockAndAddress_AgreesWithTheReference() =>
        Prop.ForAll(
            Gen.Choose(0, 128).Zip(Gen.Choose(0, 255).ArrayOf(16)).Zip(Gen.Choose(-2, 2).Zip(Gen.Elements(true, false))).ToArbitrary(),
            sample =>
            {
                var ((length, bytes), (offset, v6)) = sample;
                var width = v6 ? 128 : 32;
                var prefix = length % (width + 1);
                var size = BigInteger.One << (width - prefix);
                var first = new BigInteger([.. bytes.Take(width / 8).Select(b => (byte)b)], isUnsigned: true, isBigEndian: true) / size * size;
                var text = $"{Address(first, v6)}/{prefix}";
                foreach (var edge in new[] { first, first + size })
                {
                    var probe = edge + offset;
                    if (probe < 0 || probe >= BigInteger.One << width) continue;
                    if (!Cidr.TryParse(text, out var cidr)) return false;
                    var address = IpNumber.Of(Address(probe, v6)).Value;

                    // A block around the mapped addresses is one of IPv6 and holds none of them.
                    var expected = probe >= first && probe < first + size && address.IsV6 == cidr.First.IsV6;
                    if (cidr.Contains(address) != expected) return false;
                }

                return true;
            }).QuickCheckThrowOnFailure();

    private static IPAddress Address(BigInteger value, bool v6)
    {
        var bytes = new byte[v6 ? 16 : 4];
        value.ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(bytes, bytes.Length - value.GetByteCount(isUnsigned: true));
        return new IPAddress(bytes);
    }
}
