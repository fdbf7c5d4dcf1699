using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Api.Tests.Support;

namespace Platform.Api.Tests.Authorization;

/// <summary>One operation of the OpenAPI document whose path names a tenant.</summary>
internal sealed record TenantOperation(string Method, string Path, string Description, string? Body)
{
    /// <summary>What the description says in brackets, by which people and this walk know who may do it.</summary>
    public string Needs => Description.Contains('[', StringComparison.Ordinal) ? Description[(Description.LastIndexOf('[') + 1)..Description.LastIndexOf(']')] : "";

    public bool IsForOperators => Path.StartsWith("/v1/operator/", StringComparison.Ordinal);

    /// <summary>What operators ask of a tenant instead of seeing into it.</summary>
    public bool AdmitsOperators => Needs.Contains("operator", StringComparison.Ordinal);

    /// <summary>Not even for the tenant's owner.</summary>
    public bool IsForOperatorsOnly => IsForOperators || Needs.StartsWith("operator", StringComparison.Ordinal);

    /// <summary>Templates have the same names in each tenant, and are those of the tenant in the path.</summary>
    public bool NamesAnObject => Path.Replace("{tenant}", "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal) && !Path.Contains("/notification-templates/", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>
/// Reads the operations from the document and makes the objects that they name from its own examples, so that a new endpoint is walked without anybody thinking
/// of it here.
/// </summary>
internal sealed class IsolationWalk(PlatformHost host)
{
    /// <summary>They change whoever calls, or tell of the calls themselves.</summary>
    private static readonly string[] Passing = ["session_activity", "sessions", "sign_in_throttles", "notification_outbox", "idempotency_keys", "schema_version"];

    /// <summary>The access log, and what belongs to the database or the cluster itself.</summary>
    private static readonly string[] Prefixes = ["audit", "sqlite", "orleansmembership", "orleansquery"];

    private const string Domain = "shop.example.com";

    private readonly Dictionary<string, string> _examples = new(StringComparer.Ordinal);

    public List<TenantOperation> Operations { get; } = [];

    public async Task ReadAsync()
    {
        foreach (var call in (await host.ReadOperationsAsync()).Where(call => call.Path.Contains("{tenant}", StringComparison.Ordinal)))
        {
            var body = call.Json.TryGetProperty("requestBody", out var described)
                ? described.GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText()
                : null;
            Operations.Add(new TenantOperation(call.Method, call.Path, call.Json.GetProperty("description").GetString()!, body));
            if (call.Method == "POST" && body is not null) _examples[call.Path] = body;
        }
    }

    /// <summary>One object in each collection of the tenant that has a call to make one.</summary>
    public async Task<Dictionary<string, string>> MakeObjectsAsync(TestUser owner)
    {
        var objects = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, body) in _examples.Where(example => Operations.Any(operation => operation.Path.StartsWith(example.Key + "/{", StringComparison.Ordinal))))
        {
            var target = Fill(path, owner.Slug, objects);
            var maker = Operations.Single(operation => operation.Method == "POST" && operation.Path == path).IsForOperatorsOnly ? await host.NewOperatorAsync() : owner;
            var made = (await host.SendAsync("POST", target, body, maker.Token)).ShouldBe(HttpStatusCode.Created);
            objects[path.Split('/')[^1]] = made.Json.TryGetProperty("id", out var id) ? id.GetString()! : made.String("name")!;
        }

        (await host.ChangeTenantAsync(owner.Slug, new { features = new { multiDomain = true } })).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/snippets/{objects["snippets"]}/domains/{Domain}", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        objects["domains"] = Domain;
        objects["erasures"] = await MakeErasureAsync(owner);
        (objects["notification-templates"], objects["password_reset"]) = ("password_reset", "en");
        var own = new { subject = "x", text = "{{ link }}{{ token }}" };
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/notification-templates/password_reset/en", own, owner.Token)).ShouldBe(HttpStatusCode.OK);

        // Of nobody: the tenant's owner must not reach it either.
        objects["vulnerability-reports"] = (await host.SendAsync("POST", "/v1/vulnerability-reports", new { title = "x", description = "x" })).ShouldBe(HttpStatusCode.Created).String("id")!;
        return objects;
    }

    /// <summary>Made by a call on a user, who is gone then.</summary>
    private async Task<string> MakeErasureAsync(TestUser owner)
    {
        var users = $"/v1/tenants/{owner.Slug}/users";
        var made = (await host.SendAsync("POST", users, new { username = "gone", email = "gone@example.com", password = ApiCalls.Password, role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        return (await host.SendAsync("POST", $"{users}/{made.String("id")}/erase", token: owner.Token)).ShouldBe(HttpStatusCode.Accepted).String("id")!;
    }

    /// <summary>Parameters are named by the collection before them; <c>{userId}</c> is a user anywhere.</summary>
    public static string Fill(string path, string tenant, IReadOnlyDictionary<string, string> objects)
    {
        var parts = path.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            if (parts[i] == "{tenant}") parts[i] = tenant;
            else if (parts[i].StartsWith('{')) parts[i] = objects.GetValueOrDefault(parts[i] == "{userId}" ? "users" : parts[i - 1], "example.com");
        }

        return string.Join('/', parts);
    }

    public Task<Answer> SendAsync(TenantOperation operation, string target, string? token) =>
        host.SendAsync(operation.Method, target, operation.Body, token, cookie: null, ("If-Match", "*"));

    /// <summary>Every row of every table, but what passes by itself. The access log may grow; it is looked at where it is tested.</summary>
    public async Task<List<string>> DumpAsync()
    {
        await using DbConnection database = await TestDatabases.OpenAsync(host.Folder) is { } server
            ? new NpgsqlConnection(server)
            : new SqliteConnection($"Data Source={Path.Combine(host.Folder, "platform.db")};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync();
        var names = TestDatabases.ArePostgres ? "SELECT tablename FROM pg_tables WHERE schemaname = 'public'" : "SELECT name FROM sqlite_master WHERE type = 'table'";
        var rows = new List<string>();
        foreach (var table in (await QueryAsync(database, names)).Select(row => row.TrimEnd('|')).Where(table => !Passing.Contains(table) && !Prefixes.Any(table.StartsWith)))
        {
            rows.AddRange((await QueryAsync(database, $"SELECT * FROM {table}")).Select(row => $"{table}: {row}"));
        }

        return [.. rows.Where(row => !row.StartsWith("grain_state: session|", StringComparison.Ordinal) && !row.StartsWith("grain_state: audit", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static async Task<List<string>> QueryAsync(DbConnection database, string sql)
    {
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Concat(Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetValue(i) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : $"{reader.GetValue(i)}") + "|")));
        }

        return rows;
    }
}
