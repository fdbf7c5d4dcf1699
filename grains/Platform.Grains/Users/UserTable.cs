using System.Data.Common;
using System.Text.Json.Serialization;
using Platform.Paging;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Storage;

namespace Platform.Users;

/// <summary>Plain table of users, written through by the user's grain.</summary>
internal sealed class UserTable(IDatabase database, SealedColumns personal)
{
    private const string Table = "users";
    private const string Shown = "id, tenant_id, personal, status, permissions, created_at, password_changed_at, role, second_factors, last_sign_in_at";

    private static readonly Operation Save = new("write", Table);
    private static readonly Operation List = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    /// <summary>
    /// Insert or overwrite by id. <paramref name="blindIndex"/> is unique within the tenant. What an own role gives stands with the tenant, not here: such users are
    /// listed without permissions. The last sign-in stays as it is: it comes with sessions.
    /// </summary>
    public async Task SaveAsync(UserView user, string blindIndex, string emailBlindIndex, CancellationToken cancellationToken)
    {
        var columns = new UserColumns(user.Username, user.Email) { EmailVerified = user.EmailVerified == true, PendingEmail = user.PendingEmail, PendingEmailUntil = user.PendingEmailUntil, InvitationExpiresAt = user.InvitationExpiresAt };
        var sealedColumns = await personal.SealAsync(Table, user.Id.ToString(), user.Id, columns, UserColumnJson.Default.UserColumns, cancellationToken);
        var freed = new Statement(
            """
            DELETE FROM users WHERE tenant_id = @tenant AND username_blind_index = @index AND id <> @id
                AND id IN (SELECT subject_id FROM data_keys WHERE destroyed_at IS NOT NULL)
            """,
            ("@tenant", user.TenantId.ToString()),
            ("@index", blindIndex),
            ("@id", user.Id.ToString()));
        var saved = new Statement(
            """
            INSERT INTO users (id, tenant_id, username_blind_index, email_blind_index, personal, status, permissions, role, listed_role, second_factors, created_at, password_changed_at)
            VALUES (@id, @tenant, @index, @email, @personal, @status, @permissions, @role, @listed, @factors, @created, @changed)
            ON CONFLICT (id) DO UPDATE SET username_blind_index = excluded.username_blind_index, email_blind_index = excluded.email_blind_index, personal = excluded.personal,
                status = excluded.status, permissions = excluded.permissions, role = excluded.role, listed_role = excluded.listed_role, second_factors = excluded.second_factors,
                password_changed_at = excluded.password_changed_at
            """,
            ("@id", user.Id.ToString()),
            ("@tenant", user.TenantId.ToString()),
            ("@index", blindIndex),
            ("@email", emailBlindIndex),
            ("@personal", sealedColumns),
            ("@status", (long)user.Status),
            ("@permissions", (long)user.Permissions),
            ("@role", user.Role),
            ("@listed", user.EffectiveRole),
            ("@factors", (long)(user.SecondFactors ?? SecondFactorMethods.None)),
            ("@created", Columns.Ticks(user.CreatedAt)),
            ("@changed", Columns.Ticks(user.PasswordChangedAt)));
        // A copy of the database, put back, may still list somebody who was erased since and whose name is another's now.
        await database.WriteAsync(Save, [freed, saved], Durability.Durable, cancellationToken);
    }

    /// <summary>By id ascending (UUIDv7: as they were made), after the id <see cref="PageRequest.After"/>.</summary>
    public Task<Page<UserView>> ListAsync(TenantId tenant, UserConditions where, PageRequest page, CancellationToken cancellationToken) =>
        ListAsync(tenant, where, page.After ?? "", page.Size(), cancellationToken);

    /// <param name="tenant">Whose users.</param>
    /// <param name="where">Which of them.</param>
    /// <param name="after">The id after which the page begins; empty: the first one.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task<Page<UserView>> ListAsync(TenantId tenant, UserConditions where, string after, int count, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(List, where.Select(Shown, tenant, after, count + 1), Map, cancellationToken);
        return await OpenAsync(rows.ToPage(count, row => row.Id), cancellationToken);
    }

    /// <summary>Up to <paramref name="limit"/> users who hold the role, active ones first.</summary>
    public async Task<IReadOnlyList<UserId>> ListHoldersAsync(TenantId tenant, string role, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        List,
        new Statement(
            "SELECT id FROM users WHERE tenant_id = @tenant AND role = @role ORDER BY status LIMIT @limit",
            ("@tenant", tenant.ToString()),
            ("@role", role),
            ("@limit", (long)limit)),
        row => row.Id<UserId>(0),
        cancellationToken);

    public async Task<long> CountAsync(TenantId tenant, CancellationToken cancellationToken) => (await database.ReadAsync(
        List, new Statement("SELECT COUNT(*) FROM users WHERE tenant_id = @tenant", ("@tenant", tenant.ToString())), row => row.GetInt64(0), cancellationToken))[0];

    /// <summary>Active users: all of them, those without a second factor, and those of whom the list does not know.</summary>
    public async Task<(long All, long Without, long NotKnown)> CountFactorsAsync(TenantId tenant, CancellationToken cancellationToken) => (await database.ReadAsync(
        List,
        new Statement(
            $"""
            SELECT COUNT(*), COUNT(*) FILTER (WHERE second_factors = 0), COUNT(*) FILTER (WHERE second_factors IS NULL) FROM users
            WHERE tenant_id = @tenant AND status = {(int)UserStatus.Active}
            """,
            ("@tenant", tenant.ToString())),
        row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
        cancellationToken))[0];

    public Task RemoveAsync(UserId user, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM users WHERE id = @id", ("@id", user.ToString())), cancellationToken);

    private Task<Page<UserView>> OpenAsync(Page<SealedRow<UserView>> page, CancellationToken cancellationToken) => personal.OpenAsync(
        page,
        Table,
        UserColumnJson.Default.UserColumns,
        (user, columns) => columns is null ? null : columns.Of(user),
        cancellationToken);

    private static SealedRow<UserView> Map(DbDataReader row)
    {
        var user = new UserView
        {
            Id = row.Id<UserId>(0),
            TenantId = row.Id<TenantId>(1),
            Username = "",
            Email = "",
            Status = (UserStatus)row.GetInt64(3),
            Permissions = (Permissions)row.GetInt64(4),
            CreatedAt = row.Time(5),
            PasswordChangedAt = row.Time(6),
            Role = row.Text(7),
            SecondFactors = row.IsDBNull(8) ? null : (SecondFactorMethods)row.GetInt64(8),
            LastSignInAt = row.GetInt64(9) == 0 ? null : row.Time(9),
        };
        return new SealedRow<UserView>(user, row.GetString(0), row.GetString(0), row.GetFieldValue<byte[]>(2));
    }
}

/// <summary>Personal columns of <c>users</c>.</summary>
internal sealed record UserColumns(string Username, string Email)
{
    /// <summary>These are absent in rows that were written before there were any.</summary>
    public bool EmailVerified { get; init; }

    public string? PendingEmail { get; init; }

    public DateTimeOffset? PendingEmailUntil { get; init; }

    public DateTimeOffset? InvitationExpiresAt { get; init; }

    public UserView Of(UserView user) => user with
    {
        Username = Username,
        Email = Email,
        EmailVerified = EmailVerified,
        PendingEmail = PendingEmail,
        PendingEmailUntil = PendingEmailUntil,
        InvitationExpiresAt = InvitationExpiresAt,
    };

    /// <summary>Prints no name and no address.</summary>
    public override string ToString() => nameof(UserColumns);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserColumns))]
internal sealed partial class UserColumnJson : JsonSerializerContext;
