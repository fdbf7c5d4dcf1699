using System.Data.Common;
using System.Text;
using Platform.Paging;
using Platform.Text;

namespace Platform.Storage;

/// <summary>How values stand in columns: times and durations as ticks, so that a clock read back equals the clock that was saved.</summary>
internal static class Columns
{
    public static long Ticks(DateTimeOffset time) => time.UtcTicks;

    public static DateTimeOffset Time(this DbDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static TimeSpan Duration(this DbDataReader row, int column) => new(row.GetInt64(column));

    public static TId Id<TId>(this DbDataReader row, int column) where TId : struct, IPrefixedId<TId> => PrefixedId.Parse<TId>(row.GetString(column));

    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>
    /// Form in which names are searched. Never fails: what is to be listed is committed already, so a name without a normal form is listed as it is.
    /// </summary>
    public static string Fold(string name) =>
        UnicodeText.FoldCase(UnicodeText.TryNormalise(name, NormalizationForm.FormKC, out var normalised) ? normalised : name);

    /// <summary>For lists with the newest first: the key before which the page begins. Without one it is above every id: '~' follows the hex digits.</summary>
    public static string Before<TId>(PageRequest page) where TId : struct, IPrefixedId<TId> => page.After ?? TId.Prefix + "~";

    /// <inheritdoc cref="Pages.Rows"/>
    public static long Rows(PageRequest page) => page.Rows();
}
