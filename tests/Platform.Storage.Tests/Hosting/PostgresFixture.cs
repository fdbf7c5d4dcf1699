using Npgsql;
using Platform.Storage.Migrations;
using Platform.Storage.Postgres;

namespace Platform.Storage.Tests.Hosting;

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}

public sealed class PostgresFixture : StorageFixture
{
    private NpgsqlDataSource? _admin;

    internal PostgresServer Server { get; private set; } = null!;

    /// <summary>A connection beside the platform's, to the same database, as its owner.</summary>
    public NpgsqlDataSource Admin => _admin!;

    public override async ValueTask InitializeAsync()
    {
        Server = await PostgresServer.StartAsync();
        await base.InitializeAsync();
    }

    public override async Task<IReadOnlyList<byte[]>> PayloadsAsync(string grainKey)
    {
        await using var command = Admin.CreateCommand("SELECT payloadbinary FROM orleansstorage WHERE grainidextensionstring = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = grainKey });
        await using var reader = await command.ExecuteReaderAsync();
        var payloads = new List<byte[]>();
        while (await reader.ReadAsync()) payloads.Add(reader.GetFieldValue<byte[]>(0));
        return payloads;
    }

    public override async Task OverwriteAsync(string grainKey, byte[] payload)
    {
        await using var command = Admin.CreateCommand("UPDATE orleansstorage SET payloadbinary = $2 WHERE grainidextensionstring = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = grainKey });
        command.Parameters.Add(new NpgsqlParameter { Value = payload });
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    public override async Task ExecuteAsync(string sql)
    {
        await using var command = Admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public override async Task<IReadOnlyList<string>> TextsAsync(string sql)
    {
        await using var command = Admin.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        return Texts(reader);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_admin is not null) await _admin.DisposeAsync();
        await Server.DisposeAsync();
    }

    protected override async Task<IReadOnlyDictionary<string, string?>> ConfigureAsync()
    {
        var connectionString = await Server.CreateDatabaseAsync("shared");
        _admin = NpgsqlDataSource.Create(connectionString);
        return new Dictionary<string, string?> { ["ConnectionStrings:Platform"] = connectionString };
    }

    /// <summary>The schema of this version.</summary>
    internal static Task PrepareAsync(NpgsqlDataSource source) =>
        new PostgresSchema(source, new DatabaseOptions { StartupTimeout = TimeSpan.Zero }, TimeProvider.System, PostgresSchema.Migrations).PrepareAsync(new SchemaPreparation(Apply: true), default);

    /// <summary>As an administrator does, and a login that has the silos' role.</summary>
    internal static async Task CreateSiloLoginAsync(NpgsqlDataSource owner, string login)
    {
        await ExecuteAsync(owner, await File.ReadAllTextAsync(Path.Combine(Repository.Root, "silo", "Platform.Storage", "Database", "PostgreSql", "Roles.sql")));
        await ExecuteAsync(owner, $"CREATE ROLE {login} LOGIN IN ROLE platform_silo");
    }

    internal static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
