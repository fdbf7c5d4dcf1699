using System.Data.Common;
using Platform.Storage;

namespace Platform.Audit;

/// <summary>The tables of events and checkpoints: rows are added and read, never changed.</summary>
internal sealed class AuditEventTable(IDatabase database)
{
    public const int SearchWindow = 5_000;

    private const string Table = "audit_events";

    private const string All = """
        tenant_id, sequence, event_id, occurred_at, action, outcome, reason, actor_type, actor_id, actor_commitment, actor_sealed,
        target_type, target_id, target_commitment, target_sealed, session_id, trace_id, previous_hash, hash
        """;

    private const string OfCheckpoint = "tenant_id, sequence, occurred_at, hash, key_id, signature";

    private static readonly Operation Write = new("write", Table);
    private static readonly Operation WriteTrims = new("clear", "audit_trims");
    private static readonly Operation QueryTrims = new("query", "audit_trims");
    private static readonly Operation Query = new("query", Table);

    public async Task<AuditHead> FindHeadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement($"SELECT sequence, hash FROM {Table} WHERE tenant_id = @tenant ORDER BY sequence DESC LIMIT 1", ("@tenant", tenant.ToString())),
            row => new AuditHead(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
            cancellationToken);
        return rows.Count == 0 ? AuditHead.Empty : rows[0];
    }

    /// <summary>All of them or none, on disk when this returns.</summary>
    /// <exception cref="InvalidOperationException">A sequence number is taken: another activation writes this log. Nothing was written.</exception>
    public Task AppendAsync(IReadOnlyList<AuditRow> rows, AuditCheckpoint? checkpoint, CancellationToken cancellationToken) =>
        database.WriteAsync(Write, Inserts(rows, checkpoint), Durability.Durable, cancellationToken);

    internal static List<Statement> Inserts(IReadOnlyList<AuditRow> rows, AuditCheckpoint? checkpoint)
    {
        var statements = new List<Statement>(rows.Count + 1);
        statements.AddRange(rows.Select(Insert));
        if (checkpoint is not null) statements.Add(Insert(checkpoint));
        return statements;
    }

    /// <summary>By sequence, after <paramref name="after"/> up to and including <paramref name="upTo"/>.</summary>
    public async Task<IReadOnlyList<AuditRow>> ReadAsync(TenantId tenant, long after, long upTo, int limit, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            Query,
            new Statement(
                $"SELECT {All} FROM {Table} WHERE tenant_id = @tenant AND sequence > @after AND sequence <= @upTo ORDER BY sequence LIMIT @limit",
                ("@tenant", tenant.ToString()),
                ("@after", after),
                ("@upTo", upTo),
                ("@limit", (long)limit)),
            Map,
            cancellationToken);

    /// <summary>
    /// In order of time, newest or oldest first, beyond <paramref name="beyond"/>. Of a filter with several conditions one chooses the events that are looked
    /// at, <see cref="SearchWindow"/> of them at most: what a call costs does not grow with the log, however rare a match is.
    /// </summary>
    public async Task<AuditMatches> FindAsync(
        TenantId tenant, AuditFilter filter, bool newestFirst, AuditPosition? beyond, int limit, CancellationToken cancellationToken)
    {
        var from = filter.From is { } first ? Columns.Ticks(first) : 0;
        var to = filter.To is { } end ? Columns.Ticks(end) : long.MaxValue;

        // Sequences begin at 1: (time, 0) stands before all events of that time.
        var (low, high) = newestFirst
            ? (new AuditPosition(from, 0), beyond ?? new AuditPosition(to, 0))
            : (beyond ?? new AuditPosition(from, 0), new AuditPosition(to, 0));
        // Only the first condition may choose the index: the others are hidden from the planner, which without statistics takes any of them.
        (string Column, string Hidden, string Name, object? Value)[] equal =
        [
            ("target_id", "COALESCE(target_id, '')", "@target", filter.Target),
            ("actor_id", "COALESCE(actor_id, '')", "@actor", filter.Actor),
            ("action", "COALESCE(action, '')", "@action", filter.Action),
            ("outcome", "outcome + 0", "@outcome", filter.Outcome is { } outcome ? (long)outcome : null),
        ];
        equal = [.. equal.Where(condition => condition.Value is not null)];
        var chosen = equal.Length == 0 ? " AND sequence > 0" : $" AND {equal[0].Column} = {equal[0].Name}";
        var further = string.Concat(equal.Skip(1).Select(condition => $" AND {condition.Hidden} = {condition.Name}"));

        var window = equal.Length > 1 ? await LastOfWindowAsync() : null;
        if (window is { } last) (low, high) = newestFirst ? (last with { Sequence = last.Sequence - 1 }, high) : (low, last with { Sequence = last.Sequence + 1 });
        IReadOnlyList<AuditRow> rows = equal.Length > 1
            ? InOrder(await database.ReadAsync(Query, Matching(Select("sequence AS found", further, equal, ("@limit", (long)limit))), Map, cancellationToken))
            : await database.ReadAsync(Query, Select(All, further, equal, ("@limit", (long)limit)), Map, cancellationToken);
        return new AuditMatches(rows, rows.Count < limit ? window : null);

        // Several conditions are judged in the index alone; only what matches is fetched.
        static Statement Matching(Statement keys) => keys with { Sql = $"SELECT {All} FROM ({keys.Sql}) AS matches JOIN {Table} ON tenant_id = @tenant AND sequence = found" };

        IReadOnlyList<AuditRow> InOrder(List<AuditRow> found) => [.. newestFirst
            ? found.OrderByDescending(row => row.Link.Time).ThenByDescending(row => row.Link.Sequence)
            : found.OrderBy(row => row.Link.Time).ThenBy(row => row.Link.Sequence)];

        Statement Select(string columns, string conditions, ReadOnlySpan<(string Column, string Hidden, string Name, object? Value)> used, params (string, object?)[] rest)
        {
            var order = newestFirst ? "DESC" : "ASC";
            var parameters = new List<(string, object?)>
            {
                ("@tenant", tenant.ToString()),
                ("@lowTime", low.Ticks),
                ("@lowSequence", low.Sequence),
                ("@highTime", high.Ticks),
                ("@highSequence", high.Sequence),
            };
            foreach (var condition in used) parameters.Add((condition.Name, condition.Value));
            return new Statement(
                $"""
                SELECT {columns} FROM {Table} WHERE tenant_id = @tenant{chosen}{conditions}
                AND (occurred_at, sequence) > (@lowTime, @lowSequence) AND (occurred_at, sequence) < (@highTime, @highSequence)
                ORDER BY occurred_at {order}, sequence {order} LIMIT @limit{(rest.Length > 1 ? " OFFSET @offset" : "")}
                """,
                [.. parameters, .. rest]);
        }

        // Null where fewer are left.
        async Task<AuditPosition?> LastOfWindowAsync()
        {
            var found = await database.ReadAsync(
                Query,
                Select("occurred_at, sequence", "", equal.AsSpan(0, 1), ("@limit", 1L), ("@offset", SearchWindow - 1L)),
                row => new AuditPosition(row.GetInt64(0), row.GetInt64(1)),
                cancellationToken);
            return found.Count == 0 ? null : found[0];
        }
    }

    /// <summary>Events by this user or about it, newest first.</summary>
    public async Task<IReadOnlyList<AuditRow>> FindOfUserAsync(TenantId tenant, UserId user, AuditPosition? beyond, int limit, CancellationToken cancellationToken)
    {
        // Each side by its own index; an event by the user about itself is on both.
        var before = beyond ?? new AuditPosition(long.MaxValue, 0);
        (string, object?)[] Parameters() =>
        [
            ("@tenant", tenant.ToString()), ("@user", user.ToString()), ("@time", before.Ticks), ("@sequence", before.Sequence), ("@limit", (long)limit),
        ];
        var by = await database.ReadAsync(Query, new Statement(OfUser("actor_id"), Parameters()), Map, cancellationToken);
        var about = await database.ReadAsync(Query, new Statement(OfUser("target_id"), Parameters()), Map, cancellationToken);
        return [.. by.Concat(about).DistinctBy(row => row.Link.Sequence).OrderByDescending(row => row.Link.Time).ThenByDescending(row => row.Link.Sequence).Take(limit)];
    }

    /// <summary>By sequence, after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<AuditCheckpoint>> ReadCheckpointsAsync(TenantId tenant, long after, int limit, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            Query,
            new Statement(
                $"""
                SELECT {OfCheckpoint} FROM audit_checkpoints
                WHERE tenant_id = @tenant AND sequence > @after ORDER BY sequence LIMIT @limit
                """,
                ("@tenant", tenant.ToString()),
                ("@after", after),
                ("@limit", (long)limit)),
            MapCheckpoint,
            cancellationToken);

    /// <summary>Up to where events have been dropped from the front; the one after it is the first that must be there. Null: none were.</summary>
    public async Task<AuditHead?> FindFloorAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            QueryTrims,
            new Statement("SELECT sequence, hash FROM audit_trims WHERE tenant_id = @tenant ORDER BY sequence DESC LIMIT 1", ("@tenant", tenant.ToString())),
            row => new AuditHead(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Whether an event after <paramref name="after"/> up to <paramref name="upTo"/> is not older than <paramref name="time"/>.</summary>
    public async Task<bool> HasSinceAsync(TenantId tenant, long after, long upTo, DateTimeOffset time, CancellationToken cancellationToken) => (await database.ReadAsync(
        Query,
        new Statement(
            $"SELECT sequence FROM {Table} WHERE tenant_id = @tenant AND sequence > @after AND sequence <= @upTo AND occurred_at + 0 >= @time LIMIT 1",
            ("@tenant", tenant.ToString()),
            ("@after", after),
            ("@upTo", upTo),
            ("@time", Columns.Ticks(time))),
        row => row.GetInt64(0),
        cancellationToken)).Count > 0;

    /// <summary>Drops the events up to a checkpoint, all of them or none. The database refuses what is too young, and the last event.</summary>
    // The table's triggers check it and drop the events, in this one transaction.
    public Task TrimAsync(AuditCheckpoint upTo, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        WriteTrims,
        new Statement(
            "INSERT INTO audit_trims (tenant_id, sequence, hash, trimmed_at) VALUES (@tenant, @sequence, @hash, @now)",
            ("@tenant", upTo.TenantId.ToString()),
            ("@sequence", upTo.Sequence),
            ("@hash", upTo.Hash.ToArray()),
            ("@now", Columns.Ticks(now))),
        cancellationToken);

    /// <summary>The one with the highest sequence.</summary>
    public async Task<AuditCheckpoint?> FindLastCheckpointAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Query,
            new Statement(
                $"""
                SELECT {OfCheckpoint} FROM audit_checkpoints
                WHERE tenant_id = @tenant ORDER BY sequence DESC LIMIT 1
                """,
                ("@tenant", tenant.ToString())),
            MapCheckpoint,
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Nothing happens where this sequence has one.</summary>
    public Task AddCheckpointAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken) =>
        database.WriteAsync(Write, Insert(checkpoint), cancellationToken);

    private static string OfUser(string column) => $"""
        SELECT {All} FROM {Table} WHERE tenant_id = @tenant AND {column} = @user AND (occurred_at, sequence) < (@time, @sequence)
        ORDER BY occurred_at DESC, sequence DESC LIMIT @limit
        """;

    private static Statement Insert(AuditRow row) => new(
        $"""
        INSERT INTO {Table} ({All})
        VALUES (@tenant, @sequence, @id, @time, @action, @outcome, @reason, @actorType, @actorId, @actorCommitment, @actorSealed,
            @targetType, @targetId, @targetCommitment, @targetSealed, @session, @trace, @previous, @hash)
        """,
        ("@tenant", row.Link.TenantId.ToString()),
        ("@sequence", row.Link.Sequence),
        ("@id", row.Link.Id),
        ("@time", Columns.Ticks(row.Link.Time)),
        ("@action", row.Link.Action),
        ("@outcome", (long)row.Link.Outcome),
        ("@reason", row.Link.Reason),
        ("@actorType", row.Link.ActorType),
        ("@actorId", row.Link.ActorId),
        ("@actorCommitment", row.Link.ActorCommitment.ToArray()),
        ("@actorSealed", row.ActorSealed ?? []),
        ("@targetType", row.Link.TargetType),
        ("@targetId", row.Link.TargetId),
        ("@targetCommitment", row.Link.TargetCommitment.ToArray()),
        ("@targetSealed", row.TargetSealed ?? []),
        ("@session", row.Link.SessionId),
        ("@trace", row.Link.TraceId),
        ("@previous", row.Link.PreviousHash.ToArray()),
        ("@hash", row.Hash));

    private static Statement Insert(AuditCheckpoint checkpoint) => new(
        $"""
        INSERT INTO audit_checkpoints ({OfCheckpoint})
        VALUES (@tenant, @sequence, @time, @hash, @key, @signature) ON CONFLICT (tenant_id, sequence) DO NOTHING
        """,
        ("@tenant", checkpoint.TenantId.ToString()),
        ("@sequence", checkpoint.Sequence),
        ("@time", Columns.Ticks(checkpoint.Time)),
        ("@hash", checkpoint.Hash.ToArray()),
        ("@key", checkpoint.KeyId),
        ("@signature", checkpoint.Signature.ToArray()));

    private static AuditRow Map(DbDataReader row) => new(
        new AuditChainEntry
        {
            TenantId = row.Id<TenantId>(0),
            Sequence = row.GetInt64(1),
            Id = row.GetString(2),
            // Out of range only where somebody else wrote it: then its hash does not match.
            Time = new DateTimeOffset(Math.Clamp(row.GetInt64(3), 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero),
            Action = row.GetString(4),
            Outcome = (AuditOutcome)row.GetInt64(5),
            Reason = row.Text(6),
            ActorType = row.GetString(7),
            ActorId = row.Text(8),
            ActorCommitment = row.GetFieldValue<byte[]>(9),
            TargetType = row.GetString(11),
            TargetId = row.Text(12),
            TargetCommitment = row.GetFieldValue<byte[]>(13),
            SessionId = row.Text(15),
            TraceId = row.Text(16),
            PreviousHash = row.GetFieldValue<byte[]>(17),
        },
        Sealed(row, 10),
        Sealed(row, 14),
        row.GetFieldValue<byte[]>(18));

    private static byte[]? Sealed(DbDataReader row, int column) => row.GetFieldValue<byte[]>(column) is { Length: > 0 } bytes ? bytes : null;

    private static AuditCheckpoint MapCheckpoint(DbDataReader row) => new()
    {
        TenantId = row.Id<TenantId>(0),
        Sequence = row.GetInt64(1),
        Time = row.Time(2),
        Hash = [.. row.GetFieldValue<byte[]>(3)],
        KeyId = row.GetString(4),
        Signature = [.. row.GetFieldValue<byte[]>(5)],
    };
}
