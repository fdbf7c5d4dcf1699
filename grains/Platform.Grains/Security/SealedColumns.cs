using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Platform.Security;

/// <summary>What of a row is personal, in one column under the data key of the row's user and bound to the row.</summary>
internal sealed partial class SealedColumns(PersonalData personal, ILogger<SealedColumns> logger)
{
    public ValueTask<byte[]> SealAsync<T>(string table, string id, UserId user, T columns, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        personal.SealAsync(user.ToString(), JsonSerializer.SerializeToUtf8Bytes(columns, type), Context(table, id), cancellationToken);

    /// <summary>Opens a page with one look-up of keys. Rows of erased users are left out: they are on their way out.</summary>
    /// <param name="page">As it was read.</param>
    /// <param name="table">Its table.</param>
    /// <param name="type">Of the columns.</param>
    /// <param name="with">The row with its columns, which are null where they are damaged; that must not hide other rows. Null leaves it out.</param>
    public async Task<Page<TRow>> OpenAsync<TRow, T>(
        Page<SealedRow<TRow>> page, string table, JsonTypeInfo<T> type, Func<TRow, T?, TRow?> with, CancellationToken cancellationToken)
        where TRow : class
        where T : class
    {
        var keys = await personal.OpeningKeysAsync([.. page.Items.Select(row => row.User).Distinct(StringComparer.Ordinal)], cancellationToken);
        var opened = ImmutableArray.CreateBuilder<TRow>(page.Items.Length);
        foreach (var (row, id, user, columns) in page.Items)
        {
            var data = PersonalData.Open(keys, user, columns, Context(table, id));
            if (!data.Erased && with(row, Read(table, data.Plain, type)) is { } whole) opened.Add(whole);
        }

        return new Page<TRow>(opened.DrainToImmutable(), page.Next);
    }

    private static string Context(string table, string id) => $"row:{table}/{id}";

    private T? Read<T>(string table, byte[]? plain, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return plain is null
                ? throw new CryptographicException("Its data key is missing or another one, or it was altered.")
                : JsonSerializer.Deserialize(plain, type);
        }
        catch (Exception failure) when (failure is CryptographicException or JsonException)
        {
            LogUnreadable(failure, table);
            return null;
        }
    }

    [LoggerMessage(EventName = "RowUnreadable", Level = LogLevel.Critical,
        Message = "The personal data in a row of '{Table}' cannot be read. Lists show the row without it or not at all; other rows are not affected. Restore the row from a backup.")]
    private partial void LogUnreadable(Exception exception, string table);
}

/// <param name="Row">Without what is personal.</param>
/// <param name="Id">Its key.</param>
/// <param name="User">Whose data key.</param>
/// <param name="Columns">Sealed.</param>
internal sealed record SealedRow<TRow>(TRow Row, string Id, string User, byte[] Columns);
