using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;

namespace Platform.Testing.Silos;

/// <summary>A database of which one operation fails, or answers late, while a test wants it to. All others reach the one behind it.</summary>
internal sealed class FaultyDatabase : IDatabase
{
    public static readonly Operation AuditWrite = new("write", "audit_events");

    private IDatabase _inner;

    // Boxed: a test sets them while others read.
    private volatile object? _failBefore;
    private volatile object? _failAfter;
    private volatile Pause? _answersWait;

    /// <summary>To be <see cref="Put"/> in front of a silo's.</summary>
    public FaultyDatabase() => _inner = null!;

    public FaultyDatabase(IDatabase inner) => _inner = inner;

    /// <summary>It fails, and nothing is done.</summary>
    public Operation? FailBefore { get => (Operation?)_failBefore; set => _failBefore = value; }

    /// <summary>It is done, but the answer is lost.</summary>
    public Operation? FailAfter { get => (Operation?)_failAfter; set => _failAfter = value; }

    /// <summary>Counts for reads that begin while it is set.</summary>
    public Pause? AnswersWait { get => _answersWait; set => _answersWait = value; }

    public Exception Failure { get; set; } = new StorageUnavailableException();

    /// <summary>In front of the real one, whether that is registered already or will be.</summary>
    public void Put(IServiceCollection services) => services.AddSingleton<IDatabase>(provider =>
    {
        _inner = (IDatabase)provider.GetRequiredService<IOpenableDatabase>();
        return this;
    });

    public async Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken)
    {
        if (operation == FailBefore) throw Failure;
        var changed = await _inner.WriteAsync(operation, statements, durability, cancellationToken);
        return operation == FailAfter ? throw Failure : changed;
    }

    public async Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<DbDataReader, T> map, CancellationToken cancellationToken)
    {
        if (operation == FailBefore) throw Failure;
        var pause = AnswersWait;
        var found = await _inner.ReadAsync(operation, statement, map, cancellationToken);
        if (pause?.Operation == operation) await pause.Until;
        return operation == FailAfter ? throw Failure : found;
    }

    public Task ScrubAsync(CancellationToken cancellationToken) => _inner.ScrubAsync(cancellationToken);

    public Task<bool> ProbeAsync(CancellationToken cancellationToken) => _inner.ProbeAsync(cancellationToken);

    internal sealed record Pause(Operation Operation, Task Until);
}
