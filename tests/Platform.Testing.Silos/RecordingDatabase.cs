using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;

namespace Platform.Testing.Silos;

/// <summary>A database that remembers what it was asked to do. With none behind it, a write changes one row for each statement, and reads find nothing.</summary>
internal sealed class RecordingDatabase(IDatabase? inner = null) : IDatabase
{
    private readonly ConcurrentQueue<Recorded> _reads = new();
    private readonly ConcurrentQueue<Recorded> _writes = new();
    private IDatabase? _inner = inner;
    private int _probes;

    public IReadOnlyList<Recorded> Reads => [.. _reads];

    public IReadOnlyList<Recorded> Writes => [.. _writes];

    public int Probes => _probes;

    /// <summary>Whether what is asked at this moment is remembered; all is, unless a test says otherwise.</summary>
    public Func<bool> Records { get; init; } = static () => true;

    /// <summary>Hears of each write after it was done.</summary>
    public Action<Recorded>? Written { get; set; }

    /// <summary>What a probe answers where no database is behind it.</summary>
    public Task<bool> Health { get; set; } = Task.FromResult(true);

    /// <summary>In front of the real one, whether that is registered already or will be.</summary>
    public void Put(IServiceCollection services) => services.AddSingleton<IDatabase>(provider =>
    {
        _inner = (IDatabase)provider.GetRequiredService<IOpenableDatabase>();
        return this;
    });

    public void Clear()
    {
        _reads.Clear();
        _writes.Clear();
    }

    public async Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken)
    {
        var changed = _inner is null ? statements.Count : await _inner.WriteAsync(operation, statements, durability, cancellationToken);
        var write = new Recorded(operation, [.. statements]);
        if (Records()) _writes.Enqueue(write);
        Written?.Invoke(write);
        return changed;
    }

    public Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<DbDataReader, T> map, CancellationToken cancellationToken)
    {
        if (Records()) _reads.Enqueue(new Recorded(operation, [statement]));
        return _inner?.ReadAsync(operation, statement, map, cancellationToken) ?? Task.FromResult(new List<T>());
    }

    public Task ScrubAsync(CancellationToken cancellationToken) => _inner?.ScrubAsync(cancellationToken) ?? Task.CompletedTask;

    public Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        if (Records()) Interlocked.Increment(ref _probes);
        return _inner?.ProbeAsync(cancellationToken) ?? Health;
    }
}

internal sealed record Recorded(Operation Operation, IReadOnlyList<Statement> Statements);

internal static class StatementExtensions
{
    /// <summary>Of the parameter with that name.</summary>
    public static T Value<T>(this Statement statement, string name) => (T)statement.Parameters.Single(parameter => parameter.Name == name).Value!;
}
