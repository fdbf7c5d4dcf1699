using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Platform.Audit;

namespace Platform.Grains.Tests.Audit;

public sealed class CanonicalNumberTests
{
    /// <summary>Written by <c>Vectors/make-numbers.mjs</c>.</summary>
    [Fact]
    public void Text_OfTheDoublesThatNodeJsPrinted_IsTheSame()
    {
        using var file = new StreamReader(typeof(CanonicalNumberTests).Assembly.GetManifestResourceStream("numbers.txt")!);
        var count = 0;
        while (file.ReadLine()?.Split(' ') is [var bits, var expected])
        {
            CanonicalNumber.Text(BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))).ShouldBe(expected, bits);
            CanonicalNumber.Text(expected).ShouldBe(expected);
            CanonicalNumber.IsExact(expected).ShouldBeTrue(expected);
            count++;
        }

        count.ShouldBeGreaterThan(4_000);
    }

    /// <summary>RFC 8785, appendix B.</summary>
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Text_ExampleOfTheRfc_IsAsThere(string bits, string expected) =>
        CanonicalNumber.Text(BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))).ShouldBe(expected);

    [Fact]
    public void Text_NotANumberOrInfinite_IsRefused()
    {
        foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }) Should.Throw<ArgumentOutOfRangeException>(() => CanonicalNumber.Text(value));
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1.10", "1.1")]
    [InlineData("1E2", "100")]
    [InlineData("1e+2", "100")]
    [InlineData("100e-2", "1")]
    [InlineData("0.001e3", "1")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e5", "0")]
    [InlineData("0e999999999999", "0")]
    [InlineData("1e21", "1e+21")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("9007199254740993.0e0", "9007199254740992")]
    public void Text_NumberInAnotherSpelling_HasOneForm(string json, string expected) => CanonicalNumber.Text(json).ShouldBe(expected);

    [Theory]
    [InlineData("9007199254740993", false)]
    [InlineData("-9007199254740993", false)]
    [InlineData("9007199254740994", true)]
    [InlineData("18446744073709551615", false)]
    [InlineData("0.1000000000000000055511151231257827", false)]
    [InlineData("3.14159265358979323846", false)]
    [InlineData("1e400", false)]
    [InlineData("-1e400", false)]
    [InlineData("1e-400", false)]
    [InlineData("1e99999999999999999999", false)]
    [InlineData("1e-99999999999999999999", false)]
    [InlineData("0.1", true)]
    [InlineData("1.10", true)]
    [InlineData("1E2", true)]
    [InlineData("-0", true)]
    [InlineData("0e99999999999999999999", true)]
    [InlineData("1.7976931348623157e308", true)]
    [InlineData("5e-324", true)]
    public void IsExact_Number_SaysWhetherADoubleMeansIt(string json, bool expected) => CanonicalNumber.IsExact(json).ShouldBe(expected);

    [Fact]
    public void Text_AnyDouble_IsReadBackExactlyAndCanonicalAgain() => Prop.ForAll(ArbMap.Default.ArbFor<long>(), bits =>
    {
        var value = BitConverter.Int64BitsToDouble(bits * 0x9E3779B97F4A7C1);
        if (!double.IsFinite(value)) return true;
        var text = CanonicalNumber.Text(value);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetDouble().Equals(value) && CanonicalNumber.Text(text) == text && CanonicalNumber.IsExact(text);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Value_NumbersInAnySpelling_AreHashedInTheOneForm()
    {
        using var document = JsonDocument.Parse("""{"b":[1.0,1.10,1E2,-0.0],"a":{"c":1e21}}""");

        CanonicalJson.Text(document.RootElement).ShouldBe("""{"a":{"c":1e+21},"b":[1,1.1,100,0]}""");
    }
}
