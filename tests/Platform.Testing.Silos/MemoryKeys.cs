using Microsoft.Extensions.Logging.Abstractions;
using Platform.Cluster;
using Platform.Security;

namespace Platform.Testing.Silos;

/// <summary>Data keys in memory.</summary>
internal sealed class MemoryKeys : IDataKeyTable
{
    private readonly Dictionary<string, DataKeyRow> _rows = new(StringComparer.Ordinal);

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>As if the table had been lost.</summary>
    public void Lose() => _rows.Clear();

    public DataKeys With(MasterKey master) => new(this, master, TimeProvider.System, NullClusterBroadcast.Instance);

    public PersonalData PersonalWith(MasterKey master, DataKeys? keys = null) => new(keys ?? With(master), master, NullLogger<PersonalData>.Instance);

    public Task<IReadOnlyList<DataKeyRow>> FindAsync(IReadOnlyList<string> subjects, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult<IReadOnlyList<DataKeyRow>>([.. subjects.Where(_rows.ContainsKey).Select(subject => _rows[subject])]);
    }

    public Task AddAsync(IReadOnlyList<DataKeyRow> keys, CancellationToken cancellationToken)
    {
        Writes++;
        foreach (var key in keys) _rows.TryAdd(key.Subject, key);
        return Task.CompletedTask;
    }

    public Task DestroyAsync(IReadOnlyList<string> subjects, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (var subject in subjects) _rows[subject] = new DataKeyRow(subject, Wrapped: null);
        return Task.CompletedTask;
    }
}
