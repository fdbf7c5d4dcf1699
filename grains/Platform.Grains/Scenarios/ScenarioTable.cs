using System.Collections.Immutable;
using System.Data.Common;
using Platform.Paging;
using Platform.Storage;

namespace Platform.Scenarios;

/// <summary>Plain tables of scenarios, written through by their grains: lists, grants (which decide who sees what in them), history and comments.</summary>
internal sealed class ScenarioTable(IDatabase database)
{
    private const string Table = "scenarios";
    private const string ListColumns = "s.id, s.tenant_id, s.name, s.kind, s.status, s.version, s.created_at, s.updated_at";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);
    private static readonly Operation QueryGrants = new("query", "scenario_grants");
    private static readonly Operation RemoveGrants = new("clear", "scenario_grants");

    private readonly ScenarioRecords _records = new(database);

    /// <summary>Insert or overwrite by id. <paramref name="grants"/>: null leaves them as they are, otherwise they become exactly these.</summary>
    public Task SaveAsync(ScenarioListing scenario, ImmutableArray<ScenarioGrant>? grants, CancellationToken cancellationToken)
    {
        var id = scenario.Id.ToString();
        List<Statement> statements =
        [
            new(
                """
                INSERT INTO scenarios (id, tenant_id, name, kind, status, version, created_at, updated_at)
                VALUES (@id, @tenant, @name, @kind, @status, @version, @created, @updated)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, status = excluded.status, version = excluded.version, updated_at = excluded.updated_at
                """,
                ("@id", id),
                ("@tenant", scenario.TenantId.ToString()),
                ("@name", scenario.Name),
                ("@kind", (long)scenario.Kind),
                ("@status", (long)scenario.Status),
                ("@version", (long)scenario.Version),
                ("@created", Columns.Ticks(scenario.CreatedAt)),
                ("@updated", Columns.Ticks(scenario.UpdatedAt))),
        ];
        if (grants is { } all)
        {
            statements.Add(new Statement("DELETE FROM scenario_grants WHERE scenario_id = @id", ("@id", id)));
            statements.AddRange(all.Select(grant => new Statement(
                "INSERT INTO scenario_grants (user_id, scenario_id, permissions) VALUES (@user, @id, @permissions)",
                ("@user", grant.UserId.ToString()),
                ("@id", id),
                ("@permissions", (long)grant.Permissions))));
        }

        return database.WriteAsync(Write, statements, Durability.Durable, cancellationToken);
    }

    /// <summary>With everything that belongs to it.</summary>
    // Grants and comments go with their scenario.
    public Task RemoveAsync(ScenarioId scenario, CancellationToken cancellationToken) => database.WriteAsync(
        Remove,
        [
            new Statement("DELETE FROM scenarios WHERE id = @id", ("@id", scenario.ToString())),
            new Statement("DELETE FROM scenario_history WHERE scenario_id = @id", ("@id", scenario.ToString())),
        ],
        Durability.Durable,
        cancellationToken);

    /// <summary>
    /// Newest first, before the id <see cref="PageRequest.After"/>: those that the user may read, by a grant or, with <paramref name="readsAll"/>, where no grant says otherwise.
    /// What is hidden is left out by the database, so that a page is full unless it is the last.
    /// </summary>
    // Who reads everything goes through the tenant's scenarios and leaves out what a grant hides; others go through their grants.
    public async Task<Page<ScenarioListing>> ListAsync(TenantId tenant, UserId user, bool readsAll, ScenarioFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var count = filter.Search is null ? page.Size() : Pages.Opened;
        List<(string, object?)> parameters =
        [
            ("@tenant", tenant.ToString()),
            ("@user", user.ToString()),
            ("@read", (long)Permissions.Read),
            ("@before", Columns.Before<ScenarioId>(page)),
            ("@limit", count + 1L),
        ];
        var fits = "";
        if (filter.Kind is { } kind) Add("kind", (long)kind);
        if (filter.Status is { } status) Add("status", (long)status);
        var statement = readsAll
            ? new Statement(
                $"""
                SELECT {ListColumns} FROM scenarios s LEFT JOIN scenario_grants g ON g.scenario_id = s.id AND g.user_id = @user
                WHERE s.tenant_id = @tenant AND s.id < @before AND (g.permissions IS NULL OR (g.permissions & @read) <> 0){fits} ORDER BY s.id DESC LIMIT @limit
                """,
                [.. parameters])
            : new Statement(
                $"""
                SELECT {ListColumns} FROM scenario_grants g JOIN scenarios s ON s.id = g.scenario_id
                WHERE g.user_id = @user AND s.tenant_id = @tenant AND g.scenario_id < @before AND (g.permissions & @read) <> 0{fits} ORDER BY g.scenario_id DESC LIMIT @limit
                """,
                [.. parameters]);
        var found = (await database.ReadAsync(Query, statement, Map, cancellationToken)).ToPage(count, KeyOf);
        if (filter.Search is null) return found;
        var part = Columns.Fold(filter.Search);
        return found.Fitting(page.Size(), scenario => Columns.Fold(scenario.Name).Contains(part, StringComparison.Ordinal), KeyOf);

        void Add(string column, long value)
        {
            fits += $" AND s.{column} = @{column}";
            parameters.Add(($"@{column}", value));
        }
    }

    public async Task<long> CountAsync(TenantId tenant, CancellationToken cancellationToken) => (await database.ReadAsync(
        Query, new Statement("SELECT COUNT(*) FROM scenarios WHERE tenant_id = @tenant", ("@tenant", tenant.ToString())), row => row.GetInt64(0), cancellationToken))[0];

    public async Task<bool> HasReadingGrantAsync(TenantId tenant, UserId user, CancellationToken cancellationToken) =>
        (await ListAsync(tenant, user, readsAll: false, ScenarioFilter.All, new PageRequest(1, null), cancellationToken)).Items.Length > 0;

    /// <summary>Scenarios on which the user has a grant.</summary>
    public async Task<IReadOnlyList<ScenarioId>> ListGrantedAsync(UserId user, CancellationToken cancellationToken) => await database.ReadAsync(
        QueryGrants,
        new Statement("SELECT scenario_id FROM scenario_grants WHERE user_id = @user ORDER BY scenario_id", ("@user", user.ToString())),
        row => row.Id<ScenarioId>(0),
        cancellationToken);

    public Task RemoveGrantsAsync(UserId user, CancellationToken cancellationToken) =>
        database.WriteAsync(RemoveGrants, new Statement("DELETE FROM scenario_grants WHERE user_id = @user", ("@user", user.ToString())), cancellationToken);

    /// <summary>
    /// Written before the change that it records: an entry above the scenario's version never happened, and the next change of that version overwrites it. Of those before, the last
    /// <paramref name="keep"/> stay, as far as they have <paramref name="maxSize"/> characters together.
    /// </summary>
    public Task AddHistoryAsync(ScenarioId scenario, ScenarioHistoryEntry entry, int keep, int maxSize, CancellationToken cancellationToken) =>
        _records.AddHistoryAsync(scenario, entry, keep, maxSize, cancellationToken);

    /// <summary>Newest first, from <paramref name="latest"/> down, before the version <see cref="PageRequest.After"/>; together at most some <paramref name="maxSize"/> characters, one entry at least.</summary>
    public Task<Page<ScenarioHistoryEntry>> ListHistoryAsync(ScenarioId scenario, int latest, int maxSize, PageRequest page, CancellationToken cancellationToken) =>
        _records.ListHistoryAsync(scenario, latest, maxSize, page, cancellationToken);

    /// <returns>What stands under the id: it may have been added before.</returns>
    public Task<ScenarioComment> AddCommentAsync(ScenarioId scenario, ScenarioComment comment, CancellationToken cancellationToken) => _records.AddCommentAsync(scenario, comment, cancellationToken);

    public Task<long> CountCommentsAsync(ScenarioId scenario, CancellationToken cancellationToken) => _records.CountCommentsAsync(scenario, cancellationToken);

    /// <summary>Newest first, before the id <see cref="PageRequest.After"/>.</summary>
    public Task<Page<ScenarioComment>> ListCommentsAsync(ScenarioId scenario, PageRequest page, CancellationToken cancellationToken) =>
        _records.ListCommentsAsync(scenario, page, cancellationToken);

    private static string KeyOf(ScenarioListing scenario) => scenario.Id.ToString();

    private static ScenarioListing Map(DbDataReader row) => new()
    {
        Id = row.Id<ScenarioId>(0),
        TenantId = row.Id<TenantId>(1),
        Name = row.GetString(2),
        Kind = (ScenarioKind)row.GetInt64(3),
        Status = (ScenarioStatus)row.GetInt64(4),
        Version = (int)row.GetInt64(5),
        CreatedAt = row.Time(6),
        UpdatedAt = row.Time(7),
    };
}
