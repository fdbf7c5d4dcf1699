using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Platform.Directory;

namespace Platform.Silo.Storage.Directories;

/// <summary>How values stand in columns: times and durations as ticks, so that a clock read back equals the clock that was saved.</summary>
internal static class Columns
{
    public static long Ticks(DateTimeOffset time) => time.UtcTicks;

    public static DateTimeOffset Time(this DbDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static TimeSpan Duration(this DbDataReader row, int column) => new(row.GetInt64(column));

    public static TId Id<TId>(this DbDataReader row, int column) where TId : struct, IPrefixedId<TId> => PrefixedId.Parse<TId>(row.GetString(column));

    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Form in which names are searched. False for text that no stored name can begin with (and that PostgreSQL would refuse).</summary>
    public static bool TryFold(string text, [NotNullWhen(true)] out string? folded)
    {
        folded = null;
        if (text.Contains('\0', StringComparison.Ordinal)) return false;
        try
        {
#pragma warning disable CA1308 // Slugs are lower case, and one form serves both.
            folded = text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
#pragma warning restore CA1308
            return true;
        }
        catch (ArgumentException)
        {
            return false; // Half a surrogate pair.
        }
    }

    /// <summary>For lists with the newest first: the key before which the page begins. Without one it is above every id: '~' follows the hex digits.</summary>
    public static string Before<TId>(PageRequest page) where TId : struct, IPrefixedId<TId> => page.After ?? TId.Prefix + "~";

    /// <inheritdoc cref="Pages.Rows"/>
    public static long Rows(PageRequest page) => page.Rows();
}
