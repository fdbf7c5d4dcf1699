using System.Data.Common;
using System.Runtime.CompilerServices;
using Platform.Notifications;
using Platform.Paging;
using Platform.Sessions;
using Platform.Storage;

namespace Platform.Tenants;

/// <summary>Plain table of tenants, written through by the tenant's grain.</summary>
internal sealed class TenantTable(IDatabase database)
{
    private const string Table = "tenants";
    private const string ListColumns = "id, slug, name, edition, features, status, idle_timeout, absolute_timeout, created_at, access_log_kept, ended_sessions_kept, deletes_at";

    /// <summary>
    /// Two ranges of two indexes, then the matches by slug: costs as much as there are matches, however many tenants there are. A beginning is the range up to itself
    /// followed by the highest character there is.
    /// </summary>
    internal const string SearchSql =
        $"""
        SELECT {ListColumns} FROM tenants
        WHERE slug > @after AND id IN (
            SELECT id FROM tenants WHERE slug >= @search AND slug < @end
            UNION SELECT id FROM tenants WHERE name_folded >= @search AND name_folded < @end)
        ORDER BY slug LIMIT @limit
        """;

    private const int PageSize = 100;
    private const string HighestCharacter = "\U0010FFFF";

    private static readonly Operation Save = new("write", Table);
    private static readonly Operation List = new("query", Table);
    private static readonly Operation Remove = new("clear", Table);

    // Stored bits: for ever.
    private const long TwoFactor = 1;
    private const long MultiDomain = 2;
    private const long IpRules = 4;
    private const long RequireSecondFactor = 8;
    private const long SupportApprovalWaived = 16;

    /// <summary>The language stands above the bits.</summary>
    private const int LanguageShift = 16;

    /// <summary>Insert or overwrite by id.</summary>
    public Task SaveAsync(TenantView tenant, CancellationToken cancellationToken) =>
        database.WriteAsync(
            Save,
            new Statement(
                """
                INSERT INTO tenants (id, slug, name, name_folded, edition, features, status, idle_timeout, absolute_timeout, created_at,
                    access_log_kept, ended_sessions_kept, deletes_at)
                VALUES (@id, @slug, @name, @folded, @edition, @features, @status, @idle, @absolute, @created, @log, @sessions, CAST(@deletes AS bigint))
                ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name, name_folded = excluded.name_folded, edition = excluded.edition,
                    features = excluded.features, status = excluded.status, idle_timeout = excluded.idle_timeout, absolute_timeout = excluded.absolute_timeout,
                    access_log_kept = excluded.access_log_kept, ended_sessions_kept = excluded.ended_sessions_kept, deletes_at = excluded.deletes_at
                """,
                ("@id", tenant.Id.ToString()),
                ("@slug", tenant.Slug),
                ("@name", tenant.Name),
                ("@folded", Columns.Fold(tenant.Name)),
                ("@edition", (long)tenant.Edition),
                ("@features", Bits(tenant)),
                ("@status", (long)tenant.Status),
                ("@idle", tenant.SessionPolicy.IdleTimeout.Ticks),
                ("@absolute", tenant.SessionPolicy.AbsoluteTimeout.Ticks),
                ("@created", Columns.Ticks(tenant.CreatedAt)),
                ("@log", tenant.Retention.AccessLog.Ticks),
                ("@sessions", tenant.Retention.EndedSessions.Ticks),
                ("@deletes", tenant.DeletesAt is { } at ? Columns.Ticks(at) : null)),
            cancellationToken);

    public Task RemoveAsync(TenantId tenant, CancellationToken cancellationToken) =>
        database.WriteAsync(Remove, new Statement("DELETE FROM tenants WHERE id = @id", ("@id", tenant.ToString())), cancellationToken);

    /// <summary>By slug ascending, after the slug <see cref="PageRequest.After"/>. <paramref name="search"/>: beginning of the slug, or of the name without regard to case.</summary>
    public async Task<Page<TenantView>> ListAsync(string? search, PageRequest page, CancellationToken cancellationToken)
    {
        // Every slug is greater than the empty text.
        (string, object?) after = ("@after", page.After ?? ""), limit = ("@limit", Columns.Rows(page));
        Statement statement;
        if (string.IsNullOrEmpty(search))
        {
            statement = new Statement($"SELECT {ListColumns} FROM tenants WHERE slug > @after ORDER BY slug LIMIT @limit", after, limit);
        }
        else
        {
            // No stored name holds it, and PostgreSQL refuses it in any text.
            if (search.Contains('\0', StringComparison.Ordinal)) return new Page<TenantView>([], null);
            var folded = Columns.Fold(search);
            statement = new Statement(SearchSql, after, ("@search", folded), ("@end", folded + HighestCharacter), limit);
        }

        return (await database.ReadAsync(List, statement, Map, cancellationToken)).ToPage(page, tenant => tenant.Slug);
    }

    /// <summary>All of them by slug, a page at a time: for work that goes through every tenant.</summary>
    public async IAsyncEnumerable<TenantView> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await ListAsync(search: null, new PageRequest(PageSize, after), cancellationToken);
            foreach (var tenant in page.Items) yield return tenant;
            after = page.Next;
        }
        while (after is not null);
    }

    private static TenantView Map(DbDataReader row) => new()
    {
        Id = row.Id<TenantId>(0),
        Slug = row.GetString(1),
        Name = row.GetString(2),
        Edition = (TenantEdition)row.GetInt64(3),
        Features = Features(row.GetInt64(4)),
        Status = (TenantStatus)row.GetInt64(5),
        SessionPolicy = new SessionPolicy(row.Duration(6), row.Duration(7)),
        CreatedAt = row.Time(8),
        RequireSecondFactor = (row.GetInt64(4) & RequireSecondFactor) != 0,
        SupportApproval = (row.GetInt64(4) & SupportApprovalWaived) == 0,
        Language = (NotificationLanguage)(row.GetInt64(4) >> LanguageShift),
        Retention = row.IsDBNull(9) ? new TenantRetention() : new TenantRetention { AccessLog = row.Duration(9), EndedSessions = row.Duration(10) },
        DeletesAt = row.IsDBNull(11) ? null : row.Time(11),
    };

    private static long Bits(TenantView tenant) =>
        (tenant.Features.TwoFactor ? TwoFactor : 0)
        | (tenant.Features.MultiDomain ? MultiDomain : 0)
        | (tenant.Features.IpRules ? IpRules : 0)
        | (tenant.RequireSecondFactor ? RequireSecondFactor : 0)
        | (tenant.SupportApproval ? 0 : SupportApprovalWaived)
        | ((long)tenant.Language << LanguageShift);

    private static TenantFeatures Features(long bits) =>
        new() { TwoFactor = (bits & TwoFactor) != 0, MultiDomain = (bits & MultiDomain) != 0, IpRules = (bits & IpRules) != 0 };
}
