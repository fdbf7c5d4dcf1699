using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Platform.Expiry;
using Platform.Security;
using Platform.Storage;

namespace Platform.SignIn;

/// <summary>
/// The table of throttles. Rows leave by themselves when nothing in them matters any more. Networks of a person are that person's: sealed, for accounts that do not
/// exist alike.
/// </summary>
internal sealed partial class SignInThrottleTable(IDatabase database, PersonalData personal, ILogger<SignInThrottleTable> logger) : IExpiringTable
{
    private const string Table = "sign_in_throttles";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    public async Task<SignInThrottleState?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement("SELECT subject_id, state FROM sign_in_throttles WHERE throttle_key = @key", ("@key", key)),
            row => (Subject: row.GetString(0), State: row.GetFieldValue<byte[]>(1)),
            cancellationToken);
        if (rows.Count == 0) return null;
        var opened = await personal.OpenForUnknownSubjectAsync(rows[0].Subject, rows[0].State, Context(key), cancellationToken);
        if (opened.Plain is { } plain) return JsonSerializer.Deserialize(plain, SignInThrottleJson.Default.SignInThrottleState);

        // Begins anew rather than keep the owner out for as long as the row lies there.
        if (!opened.Erased) Unreadable(logger);
        return null;
    }

    /// <param name="key">Of the guard.</param>
    /// <param name="subject">Whose account it is, or an id that nobody has: what is remembered goes under the data key of the one.</param>
    /// <param name="state">What is remembered.</param>
    public async Task SaveAsync(string key, UserId subject, SignInThrottleState state, CancellationToken cancellationToken)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(state, SignInThrottleJson.Default.SignInThrottleState);
        if (await personal.SealForUnknownSubjectAsync(subject.ToString(), plain, Context(key), cancellationToken) is not { } sealedState)
        {
            await RemoveAsync(key, cancellationToken);
            return;
        }

        await database.WriteAsync(
            Write,
            new Statement(
                """
                INSERT INTO sign_in_throttles (throttle_key, subject_id, state, expires_at) VALUES (@key, @subject, @state, @expires)
                ON CONFLICT (throttle_key) DO UPDATE SET subject_id = excluded.subject_id, state = excluded.state, expires_at = excluded.expires_at
                """,
                ("@key", key),
                ("@subject", subject.ToString()),
                ("@state", sealedState),
                ("@expires", Columns.Ticks(state.RelevantUntil))),
            cancellationToken);
    }

    public Task RemoveAsync(string key, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM sign_in_throttles WHERE throttle_key = @key", ("@key", key)), cancellationToken);

    public Task RemoveExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, ExpiringRows.Removal(Table, SignInThrottleState.Relevance, now), Durability.Durable, cancellationToken);

    private static string Context(string key) => $"sign-in-guard:{key}";

    [LoggerMessage(EventName = "SignInThrottleUnreadable", Level = LogLevel.Critical,
        Message = "What was remembered of failed sign-ins at an account cannot be read; counting begins anew")]
    private static partial void Unreadable(ILogger logger);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignInThrottleState))]
internal sealed partial class SignInThrottleJson : JsonSerializerContext;
