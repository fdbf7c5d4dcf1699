using System.Collections.Immutable;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Storage;

namespace Platform.Grains.Tests.Audit;

/// <summary>A tenant's log without a tenant: nothing else writes to it.</summary>
/// <param name="tenant">Whose log is there already; otherwise one of its own.</param>
internal sealed class AuditSample(SiloHost silo, TenantId? tenant = null)
{
    public static readonly ClientInfo Client = new("192.0.2.7", "Browser/1.0") { TraceId = "0af7651916cd43dd8448eb211c80319c" };

    public TenantId Tenant { get; } = tenant ?? PrefixedId.New<TenantId>(TimeProvider.System);

    public Actor Manager => new()
    {
        TenantId = Tenant,
        UserId = UserId.From(Tenant.Value),
        SessionId = SessionId.From(Tenant.Value),
        Permissions = Permissions.Owner,
    };

    /// <summary>Sequence of a checkpoint that was written by itself, not together with events.</summary>
    public static long? CheckpointIn(Recorded write) =>
        write.Statements is [var only] && only.Sql.Contains("INTO audit_checkpoints", StringComparison.Ordinal) ? only.Value<long>("@sequence") : null;

    public Task AppendAsync(params ImmutableArray<AuditEntry> entries) => silo.Grains.AuditLog(Tenant).AppendAsync(entries, default);

    public Task AppendAsync(int count) => AppendAsync([.. Enumerable.Range(0, count).Select(i => Entry(i))]);

    public AuditEntry Entry(int number, UserId? about = null) => AuditEntry.By(
        Manager with { Client = Client, Username = "ana" },
        number % 3 == 0 ? AuditActions.UserUpdated : AuditActions.UserCreated,
        new AuditParty(AuditParties.User, (about ?? PrefixedId.New<UserId>(TimeProvider.System)).ToString(), $"user{number}")) with
    {
        Reason = number % 4 == 0 ? null : "because",
        Outcome = number % 5 == 0 ? AuditOutcome.Failure : AuditOutcome.Success,
        Changes = AuditChanges.Of(AuditChanges.Text("/email", $"{number}@example.com", "new@example.com")),
    };

    /// <summary>All events, as an export reads them.</summary>
    public async Task<List<AuditEvent>> ReadAllAsync(AuditFilter? filter = null)
    {
        var all = new List<AuditEvent>();
        string? after = null;
        do
        {
            var page = (await silo.Grains.AuditReader().ReadAsync(Manager, Tenant, filter ?? AuditFilter.All, after, default)).Value.ShouldNotBeNull();
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    public async Task<AuditVerification> VerifyAsync()
    {
        AuditVerification? state = null;
        do state = (await silo.Grains.AuditReader().VerifyAsync(Manager, Tenant, state, default)).Value.ShouldNotBeNull();
        while (!state.Finished);
        return state;
    }

    public async Task ShouldBeGoodAsync(long count)
    {
        var state = await VerifyAsync();
        state.FirstInvalid.ShouldBeNull();
        state.Checked.ShouldBe(count);
    }

    /// <summary>What somebody does who can write to the database.</summary>
    public Task<int> SqlAsync(string sql, params (string Name, object? Value)[] parameters) =>
        silo.Service<IDatabase>().WriteAsync(new Operation("write", "audit_events"), new Statement(sql, [("@tenant", Tenant.ToString()), .. parameters]), default);

    /// <summary>The database no longer refuses changes: its triggers are gone.</summary>
    public async Task UnlockAsync()
    {
        if (TestDatabases.ArePostgres)
        {
            await SqlAsync("ALTER TABLE audit_events DISABLE TRIGGER ALL");
            await SqlAsync("ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL");
            await SqlAsync("ALTER TABLE audit_trims DISABLE TRIGGER ALL");
            return;
        }

        foreach (var name in (string[])["audit_events_no_update", "audit_events_no_delete", "audit_checkpoints_no_update", "audit_checkpoints_no_delete", "audit_trims_checked", "audit_trims_done"])
        {
            await SqlAsync($"DROP TRIGGER IF EXISTS {name}");
        }
    }
}
