using Microsoft.Extensions.DependencyInjection;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests;

/// <summary>A value that the database cannot hold or compare is bad input, and no outage (threat T90).</summary>
[Trait("Threat", "T90")]
public abstract class StorageInputTests(StorageFixture fixture)
{
    private static readonly Operation Query = new("query", "tenants");
    private static readonly Operation Write = new("write", "tenants");

    private protected StorageFixture Fixture => fixture;

    private protected IDatabase Database => fixture.Services.GetRequiredService<IDatabase>();

    [Theory]
    [InlineData("\0")]
    [InlineData("a\0b")]
    public async Task Read_WithNulInAText_IsBadInputAndStorageStaysHealthy(string text)
    {
        await Should.ThrowAsync<StorageInputException>(() => ReadAsync("SELECT 1 FROM tenants WHERE slug = @text", ("@text", text)));

        (await Database.ProbeAsync(default)).ShouldBeTrue();
        fixture.Services.GetRequiredService<StorageTelemetry>().WritesFail.ShouldBeFalse();
    }

    [Fact]
    public async Task Write_WithNulInAText_IsBadInputAndWritesNothingOfIt()
    {
        await Should.ThrowAsync<StorageInputException>(() => Database.WriteAsync(
            Write,
            [new Statement("DELETE FROM tenants WHERE slug = @slug", ("@slug", "none")), new Statement("DELETE FROM tenants WHERE slug = @slug", ("@slug", "a\0"))],
            Durability.Durable,
            default));

        fixture.Services.GetRequiredService<StorageTelemetry>().WritesFail.ShouldBeFalse();
        (await Database.ProbeAsync(default)).ShouldBeTrue();
    }

    private protected Task<List<long>> ReadAsync(string sql, params (string, object?)[] parameters) =>
        Database.ReadAsync(Query, new Statement(sql, parameters), row => row.GetInt64(0), default);
}

[Collection(SqliteCollection.Name)]
public sealed class SqliteStorageInputTests(SqliteFixture fixture) : StorageInputTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresStorageInputTests(PostgresFixture fixture) : StorageInputTests(fixture)
{
    /// <summary>SQLSTATE class 22, and class 54 for values beyond a limit of the server.</summary>
    [Theory]
    [InlineData("SELECT CAST(@text AS bigint)", "x")]
    [InlineData("SELECT CAST(@text AS bigint)", "99999999999999999999")]
    [InlineData("SELECT CAST(CAST(@text AS timestamptz) IS NULL AS int)::bigint", "2026-13-45")]
    [InlineData("SELECT length(CAST(@text AS varchar) || repeat('x', 1100000000))::bigint", "x")]
    public async Task Read_DataException_IsBadInputAndStorageStaysHealthy(string sql, string text)
    {
        await Should.ThrowAsync<StorageInputException>(() => ReadAsync(sql, ("@text", text)));

        (await Database.ProbeAsync(default)).ShouldBeTrue();
    }

    /// <summary>UTF-8 has no form for it; the driver says so before anything is sent.</summary>
    [Fact]
    public async Task Read_WithHalfASurrogatePair_IsBadInput()
    {
        await Should.ThrowAsync<StorageInputException>(() => ReadAsync("SELECT 1::bigint FROM tenants WHERE slug = @text", ("@text", "a\ud800")));

        (await ReadAsync("SELECT 1::bigint")).ShouldBe([1]);
    }

    /// <summary>What is wrong with the statement itself, or with the server, is none of the caller's.</summary>
    [Fact]
    public async Task Read_OfAMissingTable_IsNoBadInput() => await Should.ThrowAsync<StorageUnavailableException>(() => ReadAsync("SELECT 1::bigint FROM no_such_table"));
}
