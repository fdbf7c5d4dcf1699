using System.Globalization;
using Platform.Paging;
using Platform.Storage;

namespace Platform.Privacy;

/// <summary>What lies in tables of others about one user. Keyset pages.</summary>
internal sealed class PrivacyRecords(IDatabase database)
{
    private static readonly Operation QueryHistory = new("query", "scenario_history");
    private static readonly Operation QueryComments = new("query", "scenario_comments");
    private static readonly Operation QueryGrants = new("query", "scenario_grants");

    /// <summary>Changes of scenarios that are there, by scenario and version.</summary>
    // An entry above its scenario's version never happened.
    public async Task<Page<AuthoredChange>> ListChangesAsync(UserId user, PageRequest page, CancellationToken cancellationToken)
    {
        var (scenario, version) = After(page);
        var rows = await database.ReadAsync(
            QueryHistory,
            new Statement(
                """
                SELECT h.scenario_id, s.name, h.version, h.changed_at, h.action, h.changes
                FROM scenario_history h JOIN scenarios s ON s.id = h.scenario_id AND h.version <= s.version
                WHERE h.user_id = @user AND (h.scenario_id, h.version) > (@scenario, @version) ORDER BY h.scenario_id, h.version LIMIT @limit
                """,
                ("@user", user.ToString()),
                ("@scenario", scenario),
                ("@version", version.Length == 0 ? 0L : long.Parse(version, CultureInfo.InvariantCulture)),
                ("@limit", Columns.Rows(page))),
            row => new AuthoredChange(row.Id<ScenarioId>(0), row.GetString(1), (int)row.GetInt64(2), row.Time(3), row.GetString(4), row.GetString(5)),
            cancellationToken);
        return rows.ToPage(page, change => string.Create(CultureInfo.InvariantCulture, $"{change.ScenarioId}/{change.Version}"));
    }

    /// <summary>By scenario and id.</summary>
    public async Task<Page<AuthoredComment>> ListCommentsAsync(UserId user, PageRequest page, CancellationToken cancellationToken)
    {
        var (scenario, id) = After(page);
        var rows = await database.ReadAsync(
            QueryComments,
            new Statement(
                """
                SELECT scenario_id, id, created_at, body FROM scenario_comments
                WHERE user_id = @user AND (scenario_id, id) > (@scenario, @id) ORDER BY scenario_id, id LIMIT @limit
                """,
                ("@user", user.ToString()),
                ("@scenario", scenario),
                ("@id", id),
                ("@limit", Columns.Rows(page))),
            row => new AuthoredComment(row.Id<ScenarioId>(0), row.Id<CommentId>(1), row.Time(2), row.GetString(3)),
            cancellationToken);
        return rows.ToPage(page, comment => $"{comment.ScenarioId}/{comment.Id}");
    }

    /// <summary>By scenario.</summary>
    public async Task<Page<HeldGrant>> ListGrantsAsync(UserId user, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            QueryGrants,
            new Statement(
                "SELECT scenario_id, permissions FROM scenario_grants WHERE user_id = @user AND scenario_id > @scenario ORDER BY scenario_id LIMIT @limit",
                ("@user", user.ToString()),
                ("@scenario", page.After ?? ""),
                ("@limit", Columns.Rows(page))),
            row => new HeldGrant(row.Id<ScenarioId>(0), (Permissions)row.GetInt64(1)),
            cancellationToken);
        return rows.ToPage(page, grant => grant.ScenarioId.ToString());
    }

    private static (string First, string Second) After(PageRequest page)
    {
        var parts = (page.After ?? "/").Split('/', 2);
        return (parts[0], parts[1]);
    }
}
