using System.Globalization;
using Platform.Internal;

namespace Platform.Restores;

/// <summary>What a restore has gone through, for whoever runs it.</summary>
internal sealed class RestoredTenants
{
    private readonly List<string> _notes = [];

    public int Count { get; private set; }

    /// <summary>Tenants of which the journal knows all that has happened since the backup.</summary>
    public int Whole { get; private set; }

    /// <summary>What somebody has to look at, a line for each tenant.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <param name="slug">Of the tenant.</param>
    /// <param name="endings">Null: it is not known to the journal.</param>
    /// <param name="hasManager">Somebody is left who manages its users.</param>
    public void Add(string slug, TenantEndings? endings, bool hasManager)
    {
        Count++;
        if (endings is { IsWhole: true }) Whole++;
        if (endings is { Review.IsEmpty: false }) _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{slug}: {endings.Review.Length:N0} changes that nobody but its managers can repeat; tenant.restored in its access log names them."));
        if (!hasManager) _notes.Add($"{slug}: nobody is left who manages its users.");
    }
}
