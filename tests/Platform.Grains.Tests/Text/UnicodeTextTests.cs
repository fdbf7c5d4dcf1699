using System.Globalization;
using System.Text;
using Platform.Text;

namespace Platform.Grains.Tests.Text;

public sealed class UnicodeTextTests
{
    /// <summary>Against <c>Vectors/casefold.txt</c>: what folds together in the table does so here, and nothing else does.</summary>
    [Fact, Trait("Threat", "T12"), Trait("Pace", "Slow")]
    public void FoldCase_EveryCodePoint_MakesTheClassesOfUnicodesTable()
    {
        var table = ReadTable();
        var classes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (!Rune.IsValid(code)) continue;
            var expected = table.GetValueOrDefault(code, code);

            var folded = UnicodeText.FoldCase(new Rune(code).ToString());

            folded.ShouldBe(UnicodeText.FoldCase(new Rune(expected).ToString()), $"U+{code:X4}");
            if (classes.TryAdd(folded, expected)) continue;
            classes[folded].ShouldBe(expected, $"U+{code:X4}");
        }
    }

    private static Dictionary<int, int> ReadTable()
    {
        using var file = new StreamReader(typeof(UnicodeTextTests).Assembly.GetManifestResourceStream("casefold.txt")!);
        var table = new Dictionary<int, int>();
        while (file.ReadLine()?.Split(' ') is [var from, var to]) table.Add(int.Parse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture), int.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        table.Count.ShouldBeGreaterThan(1_400);
        return table;
    }
}
