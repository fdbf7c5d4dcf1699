using Npgsql;
using Platform.Storage.Tests.Hosting;
using Platform.Tenants;

namespace Platform.Storage.Tests.Tables;

/// <summary>Ten thousand tenants are listed and searched by index: no statement reads them all.</summary>
public sealed class TenantSearchTests
{
    private const int Many = 10_000;
    private const string Columns = "id, slug, name, name_folded, edition, features, status, idle_timeout, absolute_timeout, created_at";

    [Fact]
    public async Task Search_OnSqlite_ReadsRangesOfIndexesOnly()
    {
        using var folder = new TempFolder();
        using var database = await TestDatabase.OpenAsync(folder.Path);
        using var connection = TestDatabase.Foreign(folder.Path);
        connection.Scalar(
            $"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Many})
            INSERT INTO tenants ({Columns}) SELECT printf('ten_%032x', i), printf('tenant-%05d', i), printf('Name %05d', i), printf('name %05d', i), 1, 0, 1, 1, 1, 0 FROM n
            """);
        using var explain = connection.CreateCommand();
        explain.CommandText = "EXPLAIN QUERY PLAN " + TenantTable.SearchSql;
        foreach (var (name, value) in Parameters("name 0123")) explain.Parameters.AddWithValue(name, value);
        using (var plan = explain.ExecuteReader())
        {
            var steps = new List<string>();
            while (plan.Read()) steps.Add(plan.GetString(3));
            steps.ShouldNotContain(step => step.StartsWith("SCAN", StringComparison.Ordinal), string.Join('\n', steps));
            steps.ShouldContain(step => step.Contains("tenants_by_name", StringComparison.Ordinal));
        }

        await ShouldFindAsync(new TenantTable(database));
    }

    [Fact]
    public async Task Search_OnPostgres_ReadsRangesOfIndexesOnly()
    {
        var fixture = new PostgresFixture();
        await fixture.InitializeAsync();
        try
        {
            await using (var fill = fixture.Admin.CreateCommand(
                $"""
                INSERT INTO tenants ({Columns}) SELECT 'ten_' || lpad(to_hex(i), 32, '0'), 'tenant-' || lpad(i::text, 5, '0'), 'Name ' || lpad(i::text, 5, '0'), 'name ' || lpad(i::text, 5, '0'), 1, 0, 1, 1, 1, 0
                FROM generate_series(1, {Many}) AS i
                """)) await fill.ExecuteNonQueryAsync();
            await using (var analyze = fixture.Admin.CreateCommand("ANALYZE tenants")) await analyze.ExecuteNonQueryAsync();
            await using (var explain = fixture.Admin.CreateCommand("EXPLAIN " + TenantTable.SearchSql))
            {
                foreach (var (name, value) in Parameters("name 0123")) explain.Parameters.Add(new NpgsqlParameter(name.TrimStart('@'), value));
                await using var plan = await explain.ExecuteReaderAsync();
                var steps = new List<string>();
                while (await plan.ReadAsync()) steps.Add(plan.GetString(0));
                steps.ShouldNotContain(step => step.Contains("Seq Scan", StringComparison.Ordinal), string.Join('\n', steps));
            }

            await ShouldFindAsync(fixture.Tenants);
        }
        finally
        {
            await fixture.DisposeAsync();
        }
    }

    private static async Task ShouldFindAsync(TenantTable tenants)
    {
        (await Samples.AllAsync(4, page => tenants.ListAsync("NAME 0123", page, default))).Select(tenant => tenant.Slug)
            .ShouldBe(Enumerable.Range(1230, 10).Select(i => $"tenant-0{i}"));
        (await Samples.AllAsync(200, page => tenants.ListAsync("tenant-00", page, default))).Count.ShouldBe(999);
        (await tenants.ListAsync(null, new PageRequest(2, "tenant-09998"), default)).Items.Select(tenant => tenant.Slug).ShouldBe(["tenant-09999", "tenant-10000"]);
    }

    private static IEnumerable<(string Name, object Value)> Parameters(string search) =>
        [("@after", ""), ("@search", search), ("@end", search + "\U0010FFFF"), ("@limit", 51L)];
}
