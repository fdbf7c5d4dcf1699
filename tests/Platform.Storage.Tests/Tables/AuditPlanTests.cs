using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Audit;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

/// <summary>Every statement by which an access log is searched goes along the index that was made for it, in order: no table scan, no sorting.</summary>
public sealed class SqliteAuditPlanTests
{
    [Fact]
    public async Task Search_ByEachFilter_GoesAlongItsOwnIndex()
    {
        using var folder = new TempFolder();
        using var database = await TestDatabase.OpenAsync(folder.Path);
        using var connection = TestDatabase.Foreign(folder.Path);
        await AuditPlans.CheckAsync(database, statement =>
        {
            using var explain = connection.CreateCommand();
            explain.CommandText = "EXPLAIN QUERY PLAN " + statement.Sql;
            foreach (var (name, value) in statement.Parameters) explain.Parameters.AddWithValue(name, value);
            using var reader = explain.ExecuteReader();
            var steps = new List<string>();
            while (reader.Read()) steps.Add(reader.GetString(3));
            return Task.FromResult(steps);
        });
    }
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresAuditPlanTests(PostgresFixture fixture)
{
    /// <summary>A few thousand rows are sorted as quickly as they are found in order: without that choice, only what an index gives in order remains.</summary>
    private const string OnlyInOrder = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off";

    [Fact]
    public async Task Search_ByEachFilter_GoesAlongItsOwnIndex() => await AuditPlans.CheckAsync(
        fixture.Services.GetRequiredService<IDatabase>(),
        async statement =>
        {
            await using var connection = await fixture.Admin.OpenConnectionAsync();
            await using (var set = new NpgsqlCommand(OnlyInOrder, connection)) await set.ExecuteNonQueryAsync();
            await using var explain = new NpgsqlCommand("EXPLAIN " + statement.Sql, connection);
            foreach (var (name, value) in statement.Parameters) explain.Parameters.Add(new NpgsqlParameter(name.TrimStart('@'), value));
            await using var reader = await explain.ExecuteReaderAsync();
            var steps = new List<string>();
            while (await reader.ReadAsync()) steps.Add(reader.GetString(0));
            return steps;
        },
        () => fixture.ExecuteAsync("ANALYZE audit_events"));
}

internal static class AuditPlans
{
    private const int Events = 4_000;

    public static async Task CheckAsync(IDatabase database, Func<Statement, Task<List<string>>> explain, Func<Task>? filled = null)
    {
        var recorded = new RecordingDatabase(database);
        var events = new AuditEventTable(recorded);
        var tenant = await FillAsync(events);
        if (filled is not null) await filled();

        var (at, user) = (Samples.Now, UserOf(7));
        (AuditFilter Filter, string Index)[] searches =
        [
            (AuditFilter.All, "audit_events_by_time"),
            (new AuditFilter { From = at.AddTicks(100), To = at.AddTicks(200) }, "audit_events_by_time"),
            (new AuditFilter { Actor = user.ToString() }, "audit_events_by_actor"),
            (new AuditFilter { Target = user.ToString() }, "audit_events_by_target"),
            (new AuditFilter { Action = AuditActions.SessionRefused }, "audit_events_by_action"),
            (new AuditFilter { Outcome = AuditOutcome.Failure }, "audit_events_by_outcome"),
            (new AuditFilter { Target = user.ToString(), Actor = user.ToString(), Action = AuditActions.SessionRefused, Outcome = AuditOutcome.Failure }, "audit_events_by_target"),
            (new AuditFilter { Actor = user.ToString(), Outcome = AuditOutcome.Failure, To = at.AddTicks(2_000) }, "audit_events_by_actor"),
            (new AuditFilter { Action = AuditActions.SessionRefused, Outcome = AuditOutcome.Failure }, "audit_events_by_action"),
        ];
        foreach (var (filter, index) in searches)
        {
            foreach (var newestFirst in new[] { true, false })
            {
                foreach (AuditPosition? beyond in new AuditPosition?[] { null, new AuditPosition(at.AddTicks(1_500).Ticks, 1_500) })
                {
                    await ShouldUseAsync(() => events.FindAsync(tenant, filter, newestFirst, beyond, 51, default), index);
                }
            }
        }

        await ShouldUseAsync(() => events.FindOfUserAsync(tenant, user, beyond: null, 51, default), "audit_events_by_actor", "audit_events_by_target");

        async Task ShouldUseAsync(Func<Task> search, params string[] indexes)
        {
            recorded.Clear();
            await search();
            var statements = recorded.Reads.SelectMany(read => read.Statements).ToList();
            statements.ShouldNotBeEmpty();
            for (var i = 0; i < statements.Count; i++)
            {
                var plan = string.Join('\n', await explain(statements[i]));
                plan.ShouldContain(indexes[Math.Min(i, indexes.Length - 1)], Case.Sensitive, statements[i].Sql);
                foreach (var bad in new[] { "SCAN audit_events", "Seq Scan", "TEMP B-TREE", "Sort" }) plan.ShouldNotContain(bad, Case.Sensitive, statements[i].Sql);
            }
        }
    }

    /// <summary>Several tenants with the mix of a real log: many actors, few actions, failures rare.</summary>
    private static async Task<TenantId> FillAsync(AuditEventTable events)
    {
        var tenants = Enumerable.Range(0, 3).Select(_ => Samples.New<TenantId>()).ToArray();
        foreach (var tenant in tenants)
        {
            foreach (var batch in Enumerable.Range(1, Events).Chunk(1_000)) await events.AppendAsync([.. batch.Select(number => Event(tenant, number))], checkpoint: null, default);
        }

        return tenants[1];
    }

    private static AuditRow Event(TenantId tenant, int number)
    {
        var row = Samples.Event(tenant, number);
        return row with
        {
            Link = row.Link with
            {
                ActorType = AuditParties.User,
                ActorId = UserOf(number % 50).ToString(),
                TargetId = UserOf(number % 40).ToString(),
                Action = number % 20 == 0 ? AuditActions.SessionRefused : AuditActions.SessionSignedIn,
                Outcome = number % 20 == 0 ? AuditOutcome.Failure : AuditOutcome.Success,
            },
        };
    }

    private static UserId UserOf(int number) => UserId.From(new Guid(number + 1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0));
}
