using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.SignIn;

namespace Platform.Silo.Storage.Directories;

internal sealed class SignInGuards(IDatabase database) : ISignInGuards
{
    private const string Table = "sign_in_guards";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    public async Task<SignInGuardState?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement("SELECT state FROM sign_in_guards WHERE guard_key = @key", ("@key", key)),
            row => JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), SignInGuardJson.Default.SignInGuardState),
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task SaveAsync(string key, SignInGuardState state, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            """
            INSERT INTO sign_in_guards (guard_key, state, expires_at) VALUES (@key, @state, @expires)
            ON CONFLICT (guard_key) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at
            """,
            ("@key", key),
            ("@state", JsonSerializer.SerializeToUtf8Bytes(state, SignInGuardJson.Default.SignInGuardState)),
            ("@expires", Columns.Ticks(state.RelevantUntil))),
        cancellationToken);

    public Task RemoveAsync(string key, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM sign_in_guards WHERE guard_key = @key", ("@key", key)), cancellationToken);

    public Task RemoveExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        Remove, new Statement("DELETE FROM sign_in_guards WHERE expires_at <= @now", ("@now", Columns.Ticks(now))), cancellationToken);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignInGuardState))]
internal sealed partial class SignInGuardJson : JsonSerializerContext;
