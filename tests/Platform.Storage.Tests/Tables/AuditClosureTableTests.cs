using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Security;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteAuditClosureTableTests(SqliteFixture fixture) : AuditClosureTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresAuditClosureTableTests(PostgresFixture fixture) : AuditClosureTableTests(fixture);

/// <summary>The door through which a whole log leaves: narrow, and shut behind it for ever.</summary>
public abstract class AuditClosureTableTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();

    private AuditEventTable Events => fixture.Services.GetRequiredService<AuditEventTable>();

    private AuditClosureTable Closures => fixture.Services.GetRequiredService<AuditClosureTable>();

    private IDatabase Database => fixture.Services.GetRequiredService<IDatabase>();

    [Fact, Trait("Threat", "T73")]
    public async Task Close_ThenSweep_TakesTheWholeLogAndNothingElse()
    {
        var neighbour = Samples.New<TenantId>();
        await Events.AppendAsync([Samples.Event(neighbour)], Checkpoint(neighbour, Samples.Event(neighbour)), default);
        await Events.AppendAsync([.. Enumerable.Range(1, 24).Select(number => Samples.Event(_tenant, number))], checkpoint: null, default);
        var last = Last(25);
        await DestroyKeyAsync();

        await Closures.CloseAsync([last], Checkpoint(_tenant, last), default);

        var head = (await Closures.FindAsync(_tenant, default)).ShouldNotBeNull();
        head.Sequence.ShouldBe(25);
        head.Hash.ToArray().ShouldBe(last.Hash);
        (await Closures.SweepAsync(_tenant, 10, default)).ShouldBeTrue();
        (await Events.ReadAsync(_tenant, 0, 100, 100, default)).Count.ShouldBe(15, "in steps");
        (await Events.FindLastCheckpointAsync(_tenant, default)).ShouldNotBeNull("it goes with the last event");
        while (await Closures.SweepAsync(_tenant, 10, default))
        {
            // The next step.
        }

        (await Events.ReadAsync(_tenant, 0, 100, 100, default)).ShouldBeEmpty();
        (await Events.FindLastCheckpointAsync(_tenant, default)).ShouldBeNull();
        (await Closures.FindAsync(_tenant, default)).ShouldNotBeNull("the closure stays");
        (await Events.ReadAsync(neighbour, 0, 100, 100, default)).ShouldHaveSingleItem();
        (await Events.FindLastCheckpointAsync(neighbour, default)).ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T73")]
    public async Task Close_WhatIsNoEndOfADeletedTenant_IsRefused()
    {
        await Events.AppendAsync([Samples.Event(_tenant)], checkpoint: null, default);
        var last = Last(2);
        await RefusedAsync(last, "its key is there");
        await DestroyKeyAsync();
        await RefusedAsync(Samples.Event(_tenant, 2), "another event ends it");
        await SqlAsync(
            """
            INSERT INTO tenants (id, slug, name, name_folded, edition, features, status, idle_timeout, absolute_timeout, created_at) VALUES (@tenant, @tenant, 'a', 'a', 1, 0, 1, 1, 1, 1)
            """);
        await RefusedAsync(last, "the tenant is there");
        await SqlAsync("DELETE FROM tenants WHERE id = @tenant");
        await Should.ThrowAsync<Exception>(() => Closures.CloseAsync([last], Checkpoint(_tenant, Samples.Event(_tenant, 2)) with { Hash = [1] }, default));
        (await Events.ReadAsync(_tenant, 0, 100, 100, default)).ShouldHaveSingleItem().Link.Sequence.ShouldBe(1, "all or nothing");

        await Closures.CloseAsync([last], Checkpoint(_tenant, last), default);

        Task RefusedAsync(AuditRow end, string why) => Should.ThrowAsync<Exception>(() => Closures.CloseAsync([end], Checkpoint(_tenant, end), default), why);
    }

    [Fact, Trait("Threat", "T73")]
    public async Task Closed_NothingIsWrittenInItsPlace()
    {
        await Events.AppendAsync([Samples.Event(_tenant)], checkpoint: null, default);
        await DestroyKeyAsync();
        var last = Last(2);
        await RefusedAsync("DELETE FROM audit_events WHERE tenant_id = @tenant");
        await Closures.CloseAsync([last], Checkpoint(_tenant, last), default);

        await RefusedAsync("DELETE FROM audit_events WHERE tenant_id = @tenant");
        await RefusedAsync("DELETE FROM audit_checkpoints WHERE tenant_id = @tenant");
        await RefusedAsync("UPDATE audit_closures SET sequence = 100 WHERE tenant_id = @tenant");
        await RefusedAsync("UPDATE audit_closures SET swept = 3 WHERE tenant_id = @tenant");
        await RefusedAsync("DELETE FROM audit_closures WHERE tenant_id = @tenant");
        await Closures.SweepAsync(_tenant, 10, default);
        await RefusedAsync("UPDATE audit_closures SET swept = 0 WHERE tenant_id = @tenant");
        await Should.ThrowAsync<Exception>(() => Events.AppendAsync([Samples.Event(_tenant)], checkpoint: null, default));
        await Should.ThrowAsync<Exception>(() => Events.AddCheckpointAsync(Checkpoint(_tenant, last), default));
        await RefusedAsync("INSERT INTO audit_trims (tenant_id, sequence, hash, trimmed_at) SELECT tenant_id, sequence, hash, 0 FROM audit_closures WHERE tenant_id = @tenant");
        await RefusedAsync(
            "INSERT INTO tenants (id, slug, name, name_folded, edition, features, status, idle_timeout, absolute_timeout, created_at) VALUES (@tenant, @tenant, 'a', 'a', 1, 0, 1, 1, 1, 1)");

        Task RefusedAsync(string sql) => Should.ThrowAsync<Exception>(() => SqlAsync(sql), sql);
    }

    private async Task DestroyKeyAsync()
    {
        var keys = fixture.Services.GetRequiredService<IDataKeyTable>();
        await keys.AddAsync([new DataKeyRow(_tenant.ToString(), [1, 2, 3])], default);
        await keys.DestroyAsync([_tenant.ToString()], Samples.Now, default);
    }

    private AuditRow Last(int sequence)
    {
        var row = Samples.Event(_tenant, sequence);
        return row with { Link = row.Link with { Action = AuditActions.TenantDeleted } };
    }

    private static AuditCheckpoint Checkpoint(TenantId tenant, AuditRow row) =>
        new() { TenantId = tenant, Sequence = row.Link.Sequence, Time = Samples.Now, Hash = [.. row.Hash], KeyId = "key", Signature = [3] };

    private Task<int> SqlAsync(string sql) => Database.WriteAsync(new Operation("write", "audit_closures"), new Statement(sql, ("@tenant", _tenant.ToString())), default);
}
