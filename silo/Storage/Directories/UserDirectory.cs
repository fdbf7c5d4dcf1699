using System.Data.Common;
using Platform.Directory;
using Platform.Users;

namespace Platform.Silo.Storage.Directories;

internal sealed class UserDirectory(IDatabase database) : IUserDirectory
{
    private const string Table = "users";

    private static readonly Operation Save = new("write", Table);
    private static readonly Operation List = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    public Task SaveAsync(UserView user, string normalisedName, CancellationToken cancellationToken) => database.WriteAsync(
        Save,
        new Statement(
            """
            INSERT INTO users (id, tenant_id, normalised_name, username, email, status, permissions, role, created_at, password_changed_at)
            VALUES (@id, @tenant, @normalised, @username, @email, @status, @permissions, @role, @created, @changed)
            ON CONFLICT (id) DO UPDATE SET normalised_name = excluded.normalised_name, username = excluded.username, email = excluded.email,
                status = excluded.status, permissions = excluded.permissions, role = excluded.role, password_changed_at = excluded.password_changed_at
            """,
            ("@id", user.Id.ToString()),
            ("@tenant", user.TenantId.ToString()),
            ("@normalised", normalisedName),
            ("@username", user.Username),
            ("@email", user.Email),
            ("@status", (long)user.Status),
            ("@permissions", (long)user.Permissions),
            ("@role", user.Role),
            ("@created", Columns.Ticks(user.CreatedAt)),
            ("@changed", Columns.Ticks(user.PasswordChangedAt))),
        cancellationToken);

    public async Task<Page<UserView>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            List,
            new Statement(
                """
                SELECT id, tenant_id, normalised_name, username, email, status, permissions, created_at, password_changed_at, role
                FROM users WHERE tenant_id = @tenant AND normalised_name > @after ORDER BY normalised_name LIMIT @limit
                """,
                ("@tenant", tenant.ToString()),
                ("@after", page.After ?? ""),
                ("@limit", Columns.Rows(page))),
            Map,
            cancellationToken);
        var keyed = rows.ToPage(page, row => row.NormalisedName);
        return new Page<UserView>([.. keyed.Items.Select(row => row.User)], keyed.Next);
    }

    public async Task<IReadOnlyList<UserId>> ListHoldersAsync(TenantId tenant, string role, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        List,
        new Statement(
            "SELECT id FROM users WHERE tenant_id = @tenant AND role = @role ORDER BY status LIMIT @limit",
            ("@tenant", tenant.ToString()),
            ("@role", role),
            ("@limit", (long)limit)),
        row => row.Id<UserId>(0),
        cancellationToken);

    public Task RemoveAsync(UserId user, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM users WHERE id = @id", ("@id", user.ToString())), cancellationToken);

    private static Row Map(DbDataReader row) => new(
        row.GetString(2),
        new UserView
        {
            Id = row.Id<UserId>(0),
            TenantId = row.Id<TenantId>(1),
            Username = row.GetString(3),
            Email = row.GetString(4),
            Status = (UserStatus)row.GetInt64(5),
            Permissions = (Permissions)row.GetInt64(6),
            CreatedAt = row.Time(7),
            PasswordChangedAt = row.Time(8),
            Role = row.Text(9),
        });

    private sealed record Row(string NormalisedName, UserView User);
}
