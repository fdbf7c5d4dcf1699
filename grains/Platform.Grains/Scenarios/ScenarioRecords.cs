using System.Data.Common;
using System.Globalization;
using Platform.Paging;
using Platform.Storage;

namespace Platform.Scenarios;

/// <summary>What gathers with a scenario: its history and its comments.</summary>
internal sealed class ScenarioRecords(IDatabase database)
{
    private static readonly Operation WriteHistory = new("write", "scenario_history");
    private static readonly Operation QueryHistory = new("query", "scenario_history");
    private static readonly Operation WriteComment = new("write", "scenario_comments");
    private static readonly Operation QueryComments = new("query", "scenario_comments");

    public Task AddHistoryAsync(ScenarioId scenario, ScenarioHistoryEntry entry, int keep, int maxSize, CancellationToken cancellationToken) => database.WriteAsync(
        WriteHistory,
        [
            new Statement(
                """
                INSERT INTO scenario_history (scenario_id, version, changed_at, user_id, action, changes) VALUES (@id, @version, @changed, @user, @action, @changes)
                ON CONFLICT (scenario_id, version) DO UPDATE SET changed_at = excluded.changed_at, user_id = excluded.user_id, action = excluded.action, changes = excluded.changes
                """,
                ("@id", scenario.ToString()),
                ("@version", (long)entry.Version),
                ("@changed", Columns.Ticks(entry.ChangedAt)),
                ("@user", entry.ApiKey?.ToString() ?? entry.UserId.ToString()),
                ("@action", entry.Action),
                ("@changes", entry.Changes)),
            new Statement("DELETE FROM scenario_history WHERE scenario_id = @id AND version <= @last", ("@id", scenario.ToString()), ("@last", (long)entry.Version - keep)),
            new Statement(
                """
                DELETE FROM scenario_history WHERE scenario_id = @id AND version < @version AND version <= (
                    SELECT MAX(version) FROM (
                        SELECT version, SUM(length(changes)) OVER (ORDER BY version DESC) AS total FROM scenario_history WHERE scenario_id = @id AND version <= @version) AS entries
                    WHERE total > @size)
                """,
                ("@id", scenario.ToString()),
                ("@version", (long)entry.Version),
                ("@size", (long)maxSize)),
        ],
        Durability.Durable,
        cancellationToken);

    // The database adds up sizes, so that of a hundred large entries only those leave it that go out.
    public async Task<Page<ScenarioHistoryEntry>> ListHistoryAsync(ScenarioId scenario, int latest, int maxSize, PageRequest page, CancellationToken cancellationToken)
    {
        var before = page.After is null ? (long)latest + 1 : Math.Min((long)latest + 1, long.Parse(page.After, CultureInfo.InvariantCulture));
        var rows = await database.ReadAsync(
            QueryHistory,
            new Statement(
                """
                SELECT version, changed_at, user_id, action, changes, remaining FROM (
                    SELECT version, changed_at, user_id, action, changes,
                        SUM(length(changes)) OVER (ORDER BY version DESC) - length(changes) AS above, COUNT(*) OVER () AS remaining
                    FROM scenario_history WHERE scenario_id = @id AND version < @before) AS entries
                WHERE above < @size ORDER BY version DESC LIMIT @limit
                """,
                ("@id", scenario.ToString()),
                ("@before", before),
                ("@size", (long)maxSize),
                ("@limit", (long)page.Size())),
            row => (Entry: ToEntry(row), Remaining: row.GetInt64(5)),
            cancellationToken);
        var more = rows.Count > 0 && rows[0].Remaining > rows.Count;
        return new Page<ScenarioHistoryEntry>([.. rows.Select(row => row.Entry)], more ? rows[^1].Entry.Version.ToString(CultureInfo.InvariantCulture) : null);
    }

    public async Task<ScenarioComment> AddCommentAsync(ScenarioId scenario, ScenarioComment comment, CancellationToken cancellationToken)
    {
        var added = await database.WriteAsync(
            WriteComment,
            new Statement(
                """
                INSERT INTO scenario_comments (scenario_id, id, user_id, created_at, body) VALUES (@scenario, @id, @user, @created, @body)
                ON CONFLICT (scenario_id, id) DO NOTHING
                """,
                ("@scenario", scenario.ToString()),
                ("@id", comment.Id.ToString()),
                ("@user", comment.UserId.ToString()),
                ("@created", Columns.Ticks(comment.CreatedAt)),
                ("@body", comment.Text)),
            cancellationToken);
        if (added == 1) return comment;
        var there = await database.ReadAsync(
            QueryComments,
            new Statement(
                "SELECT id, user_id, created_at, body FROM scenario_comments WHERE scenario_id = @scenario AND id = @id",
                ("@scenario", scenario.ToString()),
                ("@id", comment.Id.ToString())),
            ToComment,
            cancellationToken);
        return there[0];
    }

    public async Task<long> CountCommentsAsync(ScenarioId scenario, CancellationToken cancellationToken) => (await database.ReadAsync(
        QueryComments, new Statement("SELECT COUNT(*) FROM scenario_comments WHERE scenario_id = @scenario", ("@scenario", scenario.ToString())), row => row.GetInt64(0), cancellationToken))[0];

    public async Task<Page<ScenarioComment>> ListCommentsAsync(ScenarioId scenario, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            QueryComments,
            new Statement(
                "SELECT id, user_id, created_at, body FROM scenario_comments WHERE scenario_id = @scenario AND id < @before ORDER BY id DESC LIMIT @limit",
                ("@scenario", scenario.ToString()),
                ("@before", Columns.Before<CommentId>(page)),
                ("@limit", Columns.Rows(page))),
            ToComment,
            cancellationToken);
        return rows.ToPage(page, comment => comment.Id.ToString());
    }

    /// <summary>Who made it is a user or an API key: their ids have prefixes of their own.</summary>
    private static ScenarioHistoryEntry ToEntry(DbDataReader row)
    {
        var key = PrefixedId.TryParse<ApiKeyId>(row.GetString(2), out var id) ? id : (ApiKeyId?)null;
        return new ScenarioHistoryEntry((int)row.GetInt64(0), row.Time(1), key is null ? row.Id<UserId>(2) : default, row.GetString(3), row.GetString(4)) { ApiKey = key };
    }

    private static ScenarioComment ToComment(DbDataReader row) => new(row.Id<CommentId>(0), row.Id<UserId>(1), row.Time(2), row.GetString(3));
}
