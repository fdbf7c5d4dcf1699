using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Storage;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.Security;
using Platform.State;
using Platform.Storage.Postgres;
using Platform.Storage.Sqlite;

namespace Platform.Storage;

public static class PlatformStorageExtensions
{
    /// <summary>
    /// Grain storage under <see cref="StateNames.Storage"/>, the tables of the grains and <see cref="StorageHealth"/>. PostgreSQL when the connection
    /// string <c>Platform</c> is configured, one SQLite file in the data directory otherwise. Needs <c>PlatformOptions</c>, <c>PlatformMetrics</c> and <c>MasterKey</c> to be registered.
    /// </summary>
    public static ISiloBuilder AddPlatformStorage(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new AlertingSerializer(new StateSerializer(), provider.GetRequiredService<ILogger<AlertingSerializer>>()));
        services.AddSingleton<StorageTelemetry>();

        var connectionString = silo.Configuration.GetConnectionString(DatabaseOptions.ConnectionName);
        if (string.IsNullOrWhiteSpace(connectionString)) services.AddSqlite();
        else silo.AddPostgres(PostgresConnection.Complete(connectionString));

        services.AddHostedService<DatabaseLifetime>();
        services.AddSingleton(new ReservedDescriptors(DatabaseConnections.Most(silo.Configuration)));
        services.AddPlatformTables();
        return silo;
    }

    /// <summary>Keeps a process that believes itself alone away from a database that others use. The SQLite file sees to that by itself.</summary>
    public static ISiloBuilder AddDatabaseOwnership(this ISiloBuilder silo)
    {
        if (!string.IsNullOrWhiteSpace(silo.Configuration.GetConnectionString(DatabaseOptions.ConnectionName))) silo.Services.AddSingleton<IDatabaseOwnership, PostgresDatabaseLock>();
        return silo;
    }

    /// <summary>Keeps a process away from data of which it misses a key.</summary>
    public static ISiloBuilder AddKnownSecrets(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton(provider => new DatabaseIdentity(
            provider.GetRequiredService<MasterKey>(), provider.GetRequiredService<IMasterKeySource>(), provider.GetRequiredService<OtherMasterKeys>(), provider.GetRequiredService<IOptions<PlatformOptions>>().Value));
        silo.Services.AddSingleton<SealedDataHealth>();
        silo.Services.AddSingleton<KnownSecrets>();
        return silo;
    }

    private static void AddSqlite(this IServiceCollection services)
    {
        services.AddSingleton<SqliteDatabase>();
        services.TryAddSingleton<IDatabase>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton<IOpenableDatabase>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton(provider => new StorageHealth(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<TimeProvider>(), "sqlite"));
        services.AddGrainStorage(provider => new SqliteGrainStorage(
            provider.GetRequiredService<IDatabase>(),
            provider.GetRequiredService<AlertingSerializer>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddPostgres(this ISiloBuilder silo, string connectionString)
    {
        var services = silo.Services;
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(connectionString) { Name = "platform" }.Build());
        services.AddSingleton<PostgresDatabase>();
        services.TryAddSingleton<IDatabase>(provider => provider.GetRequiredService<PostgresDatabase>());
        services.AddSingleton<IOpenableDatabase>(provider => provider.GetRequiredService<PostgresDatabase>());
        services.AddSingleton(provider => new StorageHealth(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<TimeProvider>(), PostgresDatabase.SystemName));

        // Orleans' provider does the work under a name of its own; grains see it through the guard and the seal.
        silo.AddAdoNetGrainStorage(PostgresGrainStorage.InnerName, options => options.Configure<AlertingSerializer>((storage, serializer) =>
        {
            storage.Invariant = "Npgsql";
            storage.ConnectionString = connectionString;
            storage.GrainStorageSerializer = serializer;
            storage.DeleteStateOnClear = true;
        }));
        services.AddGrainStorage(provider => new PostgresGrainStorage(
            provider.GetRequiredKeyedService<IGrainStorage>(PostgresGrainStorage.InnerName),
            provider.GetRequiredService<StorageTelemetry>()));
    }

    /// <summary>Of either database: grains see it through the seal.</summary>
    private static void AddGrainStorage(this IServiceCollection services, Func<IServiceProvider, IGrainStorage> database) =>
        services.AddKeyedSingleton<IGrainStorage>(StateNames.Storage, (provider, _) => new SealingGrainStorage(
            database(provider),
            provider.GetRequiredService<AlertingSerializer>(),
            provider.GetRequiredService<PersonalData>()));
}
