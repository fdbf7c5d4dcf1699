using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Platform.Audit;

namespace Platform.Grains.Tests.Audit;

public sealed class CanonicalJsonTests
{
    /// <summary>RFC 8785, 3.2.2.2.</summary>
    [Fact]
    public void String_ExampleOfTheRfc_IsAsThere() =>
        CanonicalJson.Text("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\u002f").ShouldBe("\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");

    /// <summary>RFC 8785, 3.2.3: by UTF-16 code units.</summary>
    [Fact]
    public void Value_MembersOfTheRfcsExample_AreSortedAsThere()
    {
        using var document = JsonDocument.Parse(
            """{ "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis" }""");

        var canonical = JsonDocument.Parse(Canonical(document.RootElement));

        canonical.RootElement.EnumerateObject().Select(m => m.Value.GetString()).ShouldBe(
            ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"]);
    }

    [Fact]
    public void String_Anything_IsReadBackAndCanonicalAgain() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        text = text is null ? "" : new string([.. text.Where(c => !char.IsSurrogate(c))]);
        var json = new CanonicalJson();
        json.BeginObject();
        json.Member("a", text);
        json.Member("b", 42);
        json.EndObject();

        using var document = JsonDocument.Parse(json.Bytes.ToArray());

        document.RootElement.GetProperty("a").GetString().ShouldBe(text);
        Canonical(document.RootElement).ShouldBe(Encoding.UTF8.GetString(json.Bytes));
        json.Bytes.IndexOfAnyInRange((byte)0, (byte)0x1F).ShouldBe(-1);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static string Canonical(JsonElement value)
    {
        var json = new CanonicalJson();
        json.Value(value);
        return Encoding.UTF8.GetString(json.Bytes);
    }
}
