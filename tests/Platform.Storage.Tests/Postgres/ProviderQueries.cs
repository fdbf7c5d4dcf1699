using System.Data;
using Npgsql;
using Platform.Storage.Migrations;
using Platform.Storage.Postgres;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Postgres;

/// <summary>Runs the statements of OrleansQuery as the providers do: fetched by key, parameters by name, null typed by its .NET type.</summary>
internal sealed class ProviderQueries(NpgsqlDataSource source) : IAsyncDisposable
{
    public static async Task<ProviderQueries> CreateAsync(PostgresFixture fixture, string database)
    {
        var source = NpgsqlDataSource.Create(await fixture.Server.CreateDatabaseAsync(database) + ";Maximum Pool Size=10");
        await new PostgresSchema(source, new DatabaseOptions(), TimeProvider.System, PostgresSchema.Migrations).PrepareAsync(new SchemaPreparation(Apply: true), default);
        return new ProviderQueries(source);
    }

    /// <summary>Rows by column name, as the providers read them.</summary>
    public async Task<List<Dictionary<string, object>>> RunAsync(string key, object parameters)
    {
        await using var fetch = source.CreateCommand("SELECT QueryText FROM OrleansQuery WHERE QueryKey = $1");
        fetch.Parameters.Add(new NpgsqlParameter { Value = key });
        await using var command = source.CreateCommand((string)(await fetch.ExecuteScalarAsync())!);
        foreach (var property in parameters.GetType().GetProperties())
        {
            command.Parameters.Add(new NpgsqlParameter
            {
                ParameterName = property.Name,
                Value = property.GetValue(parameters) ?? DBNull.Value,
                DbType = property.PropertyType == typeof(string) ? DbType.String : property.PropertyType == typeof(DateTime) ? DbType.DateTime : DbType.Int32,
            });
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Dictionary<string, object>>();
        while (await reader.ReadAsync()) rows.Add(reader.GetColumnSchema().ToDictionary(column => column.ColumnName, column => reader[column.ColumnName], StringComparer.OrdinalIgnoreCase));
        return rows;
    }

    /// <summary>What the providers read as true or false.</summary>
    public async Task<bool> SucceedsAsync(string key, object parameters) =>
        Convert.ToBoolean((await RunAsync(key, parameters)).ShouldHaveSingleItem().Values.ShouldHaveSingleItem(), null);

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
