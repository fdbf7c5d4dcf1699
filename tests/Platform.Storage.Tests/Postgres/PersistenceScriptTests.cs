using Npgsql;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Postgres;

/// <summary>The repaired script itself, under the race that the provider's own script loses.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PersistenceScriptTests(PostgresFixture fixture)
{
    [Fact]
    public async Task FirstWrites_ThatOverlap_OneAnswers1AndTheOtherNull()
    {
        var key = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");
        await using var first = await fixture.Admin.OpenConnectionAsync();
        await using var second = await fixture.Admin.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        (await WriteAsync(first, key, null)).ShouldBe(1);

        var waiting = WriteAsync(second, key, null);
        await WaitsForALockAsync(second.ProcessID, waiting);
        await transaction.CommitAsync();

        (await waiting).ShouldBeNull();
        (await CountAsync(key)).ShouldBe(1);
    }

    [Fact]
    public async Task FirstWrites_FirstIsUndone_SecondAnswers1()
    {
        var key = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");
        await using var first = await fixture.Admin.OpenConnectionAsync();
        await using var second = await fixture.Admin.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        await WriteAsync(first, key, null);

        var waiting = WriteAsync(second, key, null);
        await WaitsForALockAsync(second.ProcessID, waiting);
        await transaction.RollbackAsync();

        (await waiting).ShouldBe(1);
        (await CountAsync(key)).ShouldBe(1);
    }

    [Fact]
    public async Task LaterWrites_ThatOverlap_OneAnswersTheNextAndTheOtherItsOwn()
    {
        var key = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");
        await using var first = await fixture.Admin.OpenConnectionAsync();
        await using var second = await fixture.Admin.OpenConnectionAsync();
        await WriteAsync(first, key, null);
        await using var transaction = await first.BeginTransactionAsync();
        (await WriteAsync(first, key, 1)).ShouldBe(2);

        var waiting = WriteAsync(second, key, 1);
        await WaitsForALockAsync(second.ProcessID, waiting);
        await transaction.CommitAsync();

        (await waiting).ShouldBe(1, "an unchanged version says conflict");
    }

    [Fact]
    public async Task FirstWrites_KeyWithoutText_AreUniqueToo()
    {
        await using var connection = await fixture.Admin.OpenConnectionAsync();

        (await WriteAsync(connection, null, null)).ShouldBe(1);
        (await WriteAsync(connection, null, null)).ShouldBeNull();
    }

    private static async Task<int?> WriteAsync(NpgsqlConnection connection, string? key, int? version)
    {
        await using var command = new NpgsqlCommand("SELECT * FROM writetostorage(1, 0, 0, 2, 'state', $1, 'service', $2, '\\x7b7d')", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)key ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)version ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer });
        return await command.ExecuteScalarAsync() as int?;
    }

    private async Task WaitsForALockAsync(int processId, Task waiting)
    {
        await using var command = fixture.Admin.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'");
        command.Parameters.Add(new NpgsqlParameter { Value = processId });
        while (await command.ExecuteScalarAsync() is not 1L) waiting.IsCompleted.ShouldBeFalse("the second must wait for the first");
    }

    private async Task<long> CountAsync(string key)
    {
        await using var command = fixture.Admin.CreateCommand("SELECT count(*) FROM orleansstorage WHERE grainidextensionstring = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
