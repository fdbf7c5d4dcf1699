namespace Platform.Paging;

/// <summary>Keyset pages of rows and of what a state holds.</summary>
internal static class Pages
{
    /// <summary>Rows that one page of a search opens.</summary>
    public const int Opened = 500;

    private const int MaxSize = 200;

    /// <summary>Hosts refuse other limits than 1 to 200; grains and storage do not rely on it.</summary>
    public static int Size(this PageRequest page) => Math.Clamp(page.Limit, 1, MaxSize);

    /// <summary>Rows to ask for: one more than wanted says whether there is a next page.</summary>
    public static int Rows(this PageRequest page) => page.Size() + 1;

    /// <param name="rows">In order, from the beginning of the page: <see cref="Rows"/> of them, or as many as there are.</param>
    /// <param name="page">What was asked for.</param>
    /// <param name="key">What the list is ordered by.</param>
    public static Page<T> ToPage<T>(this IReadOnlyList<T> rows, PageRequest page, Func<T, string> key) where T : class => rows.ToPage(page.Size(), key);

    /// <param name="rows">In order, from the beginning of the page: one more than <paramref name="size"/>, or as many as there are.</param>
    /// <param name="size">Rows of a page.</param>
    /// <param name="key">What the list is ordered by.</param>
    public static Page<T> ToPage<T>(this IReadOnlyList<T> rows, int size, Func<T, string> key) where T : class =>
        rows.Count > size ? new Page<T>([.. rows.Take(size)], key(rows[size - 1])) : new Page<T>([.. rows], null);

    /// <summary>
    /// Of rows that were opened, up to <paramref name="size"/> that fit. The next page goes on after the last one shown where there are more, and after the last one opened where not: so it may hold fewer than it
    /// could, even none, and have a next one.
    /// </summary>
    public static Page<T> Fitting<T>(this Page<T> opened, int size, Func<T, bool> fits, Func<T, string> key) where T : class
    {
        var found = opened.Items.Where(fits).Take(size + 1).ToList().ToPage(size, key);
        return found.Next is null ? found with { Next = opened.Next } : found;
    }

    /// <summary>Of a short list in no order that is at hand.</summary>
    public static Page<T> Of<T>(IEnumerable<T> all, PageRequest page, Func<T, string> key) where T : class =>
        all.Where(item => string.CompareOrdinal(key(item), page.After) > 0).OrderBy(key, StringComparer.Ordinal).ToList().ToPage(page, key);
}
