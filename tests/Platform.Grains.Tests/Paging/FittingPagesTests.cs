using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Platform.Paging;

namespace Platform.Grains.Tests.Paging;

public sealed class FittingPagesTests
{
    /// <summary>Whatever the sizes: whoever follows the pages to the end has seen every row that fits, once, in order.</summary>
    [Fact]
    public void Fitting_PageAfterPage_ShowsEveryRowThatFitsOnce() => Prop.ForAll(ArbMap.Default.ArbFor<bool[]>(), ArbMap.Default.ArbFor<byte>(), ArbMap.Default.ArbFor<byte>(), (fits, opens, shows) =>
    {
        var rows = fits.Select((fit, i) => new Row(i.ToString("D4", CultureInfo.InvariantCulture), fit)).ToArray();
        var (opened, size) = ((opens % 7) + 1, (shows % 4) + 1);
        var seen = new List<Row>();
        string? after = null;
        do
        {
            var rest = rows.Where(row => string.CompareOrdinal(row.Key, after) > 0).Take(opened + 1).ToList();
            var page = rest.ToPage(opened, row => row.Key).Fitting(size, row => row.Fits, row => row.Key);
            page.Items.Length.ShouldBeLessThanOrEqualTo(size);
            seen.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        seen.ShouldBe(rows.Where(row => row.Fits));
    }).QuickCheckThrowOnFailure();

    private sealed record Row(string Key, bool Fits);
}
