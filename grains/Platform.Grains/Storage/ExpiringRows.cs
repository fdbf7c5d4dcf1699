using Platform.Clocks;

namespace Platform.Storage;

/// <summary>Rows with a column <c>expires_at</c> that are kept for a fixed time.</summary>
internal static class ExpiringRows
{
    /// <summary>
    /// Deletes what has expired. What a clock ahead has stored is kept for its time from now: a row that went at once could not guard what it guards, one that stayed would guard it for too long.
    /// </summary>
    /// <param name="table">Its name, from code and never from input.</param>
    /// <param name="lifetime">How long a row is kept from when it was stored.</param>
    /// <param name="now">The time of this node.</param>
    public static Statement[] Removal(string table, TimeSpan lifetime, DateTimeOffset now) =>
    [
        new Statement($"DELETE FROM {table} WHERE expires_at <= @now", ("@now", Columns.Ticks(now))),
        new Statement(
            $"UPDATE {table} SET expires_at = @latest WHERE expires_at > @ahead",
            ("@latest", Columns.Ticks(now + lifetime)),
            ("@ahead", Columns.Ticks(now + lifetime + StoredTime.Allowance))),
    ];
}
