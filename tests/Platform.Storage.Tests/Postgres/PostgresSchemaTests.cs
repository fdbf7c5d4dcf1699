using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Storage;
using Platform.Audit;
using Platform.Hosting;
using Platform.Security;
using Platform.Snippets;
using Platform.State;
using Platform.Storage.Migrations;
using Platform.Storage.Postgres;
using Platform.Storage.Tests.Hosting;
using Platform.Storage.Tests.Tables;
using Platform.Tenants;

namespace Platform.Storage.Tests.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class PostgresSchemaTests(PostgresFixture fixture)
{
    private static readonly string[] QueryKeys =
    [
        "CleanupDefunctSiloEntriesKey", "ClearStorageKey", "DeleteMembershipTableEntriesKey", "DeleteStorageKey", "GatewaysQueryKey", "InsertMembershipKey", "InsertMembershipVersionKey", "MembershipReadAllKey", "MembershipReadRowKey",
        "ReadFromStorageKey", "UpdateIAmAlivetimeKey",
        "UpdateMembershipKey", "WriteToStorageKey",
    ];

    [Fact]
    public async Task Apply_HoldsAllQueriesOfTheProviders()
    {
        await using var source = NpgsqlDataSource.Create(await fixture.Server.CreateDatabaseAsync("schema_queries"));

        await PostgresFixture.PrepareAsync(source);

        (await ListAsync(source, "SELECT querykey FROM orleansquery ORDER BY querykey")).ShouldBe(QueryKeys);
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Prepare_NoDatabaseThere_IsRefusedAfterTheStartupTimeout()
    {
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={StorageFixture.FreePort()};Username=owner;Database=none;Password=do-not-print");

        var refusal = await Should.ThrowAsync<StartupException>(() => PostgresFixture.PrepareAsync(source));

        refusal.ToString().ShouldNotContain("do-not-print");
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Prepare_DatabaseThatForgetsCommits_IsRefused()
    {
        await using var source = NpgsqlDataSource.Create(await fixture.Server.CreateDatabaseAsync("schema_forgetful"));
        await PostgresFixture.ExecuteAsync(source, "ALTER DATABASE schema_forgetful SET synchronous_commit = off");
        await using var fresh = NpgsqlDataSource.Create(fixture.Server.ConnectionString("schema_forgetful") + ";Application Name=fresh");

        (await Should.ThrowAsync<StartupException>(() => PostgresFixture.PrepareAsync(fresh))).Message.ShouldContain("synchronous_commit=off");
    }

    [Fact]
    public async Task Apply_WhereTheProvidersOwnIndexStands_ReplacesIt()
    {
        await using var source = NpgsqlDataSource.Create(await fixture.Server.CreateDatabaseAsync("schema_stock"));
        await PostgresFixture.ExecuteAsync(
            source,
            """
            CREATE TABLE orleansquery (querykey varchar(64) NOT NULL, querytext varchar(8000) NOT NULL, CONSTRAINT orleansquery_key PRIMARY KEY (querykey));
            INSERT INTO orleansquery VALUES ('WriteToStorageKey', 'stock');
            CREATE TABLE orleansstorage (grainidhash integer NOT NULL, grainidn0 bigint NOT NULL, grainidn1 bigint NOT NULL, graintypehash integer NOT NULL,
                graintypestring varchar(512) NOT NULL, grainidextensionstring varchar(512), serviceid varchar(150) NOT NULL, payloadbinary bytea,
                modifiedon timestamp without time zone NOT NULL, version integer);
            CREATE INDEX ix_orleansstorage ON orleansstorage (grainidhash, graintypehash);
            INSERT INTO orleansstorage VALUES (1, 0, 0, 1, 'state', 'key', 'service', '\x7b7d', now(), 7);
            """);

        await PostgresFixture.PrepareAsync(source);

        (await ListAsync(source, "SELECT indexname::text FROM pg_indexes WHERE tablename = 'orleansstorage'")).ShouldBe(["ux_orleansstorage"]);
        (await ListAsync(source, "SELECT querytext::text FROM orleansquery WHERE querykey = 'WriteToStorageKey'")).ShouldHaveSingleItem().ShouldContain("writetostorage");
        (await ListAsync(source, "SELECT version::text FROM orleansstorage")).ShouldBe(["7"]);
    }

    [Fact]
    [Trait("Threat", "T73")]
    [Trait("Threat", "T82")]
    public async Task Roles_TheSilosRoleRunsTheSiloAndChangesNoQueryAndNoTable()
    {
        await using var owner = NpgsqlDataSource.Create(await fixture.Server.CreateDatabaseAsync("schema_roles"));
        await PostgresFixture.PrepareAsync(owner);
        await PostgresFixture.CreateSiloLoginAsync(owner, "silo_login");
        var connectionString = fixture.Server.ConnectionString("schema_roles", "silo_login");

        using (var host = await StorageFixture.StartAsync(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Platform"] = connectionString,
            ["Platform:Database:ApplySchema"] = "false",
        }))
        {
            var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(StateNames.Storage);
            var state = new TestState<StoredSnippet> { State = new() };
            await storage.WriteStateAsync("snippet", GrainId.Create("test", "snp_1"), state);
            await storage.ClearStateAsync("snippet", GrainId.Create("test", "snp_1"), state);
            await host.Services.GetRequiredService<TenantTable>().SaveAsync(Samples.Tenant("acme"), default);
            await host.Services.GetRequiredService<AuditEventTable>().AppendAsync([Samples.Event(Samples.New<TenantId>())], checkpoint: null, default);
            await TrimAsync(host.Services.GetRequiredService<AuditEventTable>());
            await host.Services.GetRequiredService<IDataKeyTable>().AddAsync([new DataKeyRow("usr_1", [1])], default);
            await host.Services.GetRequiredService<IDataKeyTable>().DestroyAsync(["usr_1"], Samples.Now, default);
            await CloseAsync(host.Services);
            await host.StopAsync();
        }

        // Not even the owner, by mistake: the trigger is to be taken away first.
        foreach (var refused in (string[])["UPDATE audit_events SET reason = 'x'", "DELETE FROM audit_checkpoints", "TRUNCATE audit_events"])
        {
            (await Should.ThrowAsync<PostgresException>(() => PostgresFixture.ExecuteAsync(owner, refused))).MessageText.ShouldBe("the access log is append-only");
        }

        await using var silo = NpgsqlDataSource.Create(connectionString);
        foreach (var forbidden in (string[])
            [
                "UPDATE orleansquery SET querytext = 'DROP TABLE tenants'",
                "INSERT INTO orleansquery VALUES ('x', 'y')",
                "DELETE FROM orleansquery",
                "CREATE TABLE mine (id integer)",
                "DROP TABLE tenants",
                "ALTER TABLE tenants ADD COLUMN extra text",
                "CREATE OR REPLACE FUNCTION writetostorage() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                "UPDATE schema_version SET sha256 = ''",
                "UPDATE audit_events SET reason = 'x'",
                "DELETE FROM audit_events",
                "TRUNCATE audit_events",
                "ALTER TABLE audit_events DISABLE TRIGGER ALL",
                "DELETE FROM audit_checkpoints",
                "UPDATE audit_checkpoints SET sequence = 0",
                "DELETE FROM data_keys",
                "DELETE FROM audit_trims",
                "UPDATE audit_trims SET sequence = 0",
                "INSERT INTO audit_trims VALUES ('ten_1', 1, '', 0)",
                "SELECT audit_trim()",
                "DELETE FROM audit_closures",
                "UPDATE audit_closures SET sequence = 0",
                "SELECT audit_sweep()",
            ])
        {
            (await Should.ThrowAsync<PostgresException>(() => PostgresFixture.ExecuteAsync(silo, forbidden))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, forbidden);
        }

        foreach (var table in (string[])["tenants", "users", "sessions", "session_activity", "orleansstorage", "orleansmembershiptable"])
        {
            await PostgresFixture.ExecuteAsync(silo, $"DELETE FROM {table}");
        }
    }

    /// <summary>The role cannot delete events; it can have those of a deleted tenant swept.</summary>
    private static async Task CloseAsync(IServiceProvider services)
    {
        var (tenant, keys, closures) = (Samples.New<TenantId>(), services.GetRequiredService<IDataKeyTable>(), services.GetRequiredService<AuditClosureTable>());
        await keys.AddAsync([new DataKeyRow(tenant.ToString(), [1])], default);
        await keys.DestroyAsync([tenant.ToString()], Samples.Now, default);
        var last = Samples.Event(tenant) with { Link = Samples.Event(tenant).Link with { Action = AuditActions.TenantDeleted } };
        await closures.CloseAsync([last], new AuditCheckpoint { TenantId = tenant, Sequence = 1, Time = Samples.Now, Hash = [.. last.Hash], KeyId = "k", Signature = [1] }, default);
        (await closures.SweepAsync(tenant, 10, default)).ShouldBeTrue();
        (await services.GetRequiredService<AuditEventTable>().ReadAsync(tenant, 0, 10, 10, default)).ShouldBeEmpty();
    }

    /// <summary>The role cannot delete events; it can ask the table of trims to, for what is old and signed.</summary>
    private static async Task TrimAsync(AuditEventTable events)
    {
        var old = TimeProvider.System.GetUtcNow().AddDays(-400);
        var tenant = Samples.New<TenantId>();
        AuditRow[] rows = [.. new[] { 1, 2 }.Select(sequence => Samples.Event(tenant, sequence)).Select(row => row with { Link = row.Link with { Time = old } })];
        await events.AppendAsync(rows, checkpoint: null, default);
        var checkpoint = new AuditCheckpoint { TenantId = tenant, Sequence = 1, Time = old, Hash = [.. rows[0].Hash], KeyId = "k", Signature = [1] };
        await events.AddCheckpointAsync(checkpoint, default);
        await events.TrimAsync(checkpoint, old, default);
        (await events.ReadAsync(tenant, 0, 10, 10, default)).ShouldHaveSingleItem().Link.Sequence.ShouldBe(2);
        (await events.FindFloorAsync(tenant, default))!.Sequence.ShouldBe(1);
    }

    private static async Task<List<string>> ListAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }
}
