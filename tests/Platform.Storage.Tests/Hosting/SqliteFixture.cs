namespace Platform.Storage.Tests.Hosting;

[CollectionDefinition(Name)]
public sealed class SqliteCollection : ICollectionFixture<SqliteFixture>
{
    public const string Name = "SQLite";
}

public sealed class SqliteFixture : StorageFixture
{
    private readonly TempFolder _folder = new();

    public override Task<IReadOnlyList<byte[]>> PayloadsAsync(string grainKey)
    {
        using var connection = TestDatabase.Foreign(_folder.Path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT payload FROM grain_state WHERE grain_key = @key";
        command.Parameters.AddWithValue("@key", grainKey);
        using var reader = command.ExecuteReader();
        var payloads = new List<byte[]>();
        while (reader.Read()) payloads.Add(reader.GetFieldValue<byte[]>(0));
        return Task.FromResult<IReadOnlyList<byte[]>>(payloads);
    }

    public override Task OverwriteAsync(string grainKey, byte[] payload)
    {
        using var connection = TestDatabase.Foreign(_folder.Path);
        connection.Scalar("UPDATE grain_state SET payload = @payload WHERE grain_key = @key", ("@payload", payload), ("@key", grainKey));
        return Task.CompletedTask;
    }

    public override Task ExecuteAsync(string sql)
    {
        using var connection = TestDatabase.Foreign(_folder.Path);
        connection.Scalar(sql);
        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<string>> TextsAsync(string sql)
    {
        using var connection = TestDatabase.Foreign(_folder.Path);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        return Task.FromResult(Texts(reader));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override Task<IReadOnlyDictionary<string, string?>> ConfigureAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, string?>>(new Dictionary<string, string?> { ["Platform:DataDirectory"] = _folder.Path });
}
