using System.Globalization;

namespace Platform.Audit;

/// <summary>Pages of events in order of time, and the key that each goes on from.</summary>
internal static class AuditPages
{
    public static string Key(AuditRow row) => Key(new AuditPosition(row.Link.Time.UtcTicks, row.Link.Sequence))!;

    public static string? Key(AuditPosition? position) =>
        position is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Ticks}.{known.Sequence}") : null;

    public static AuditPosition? Position(string? key)
    {
        if (key is null) return null;
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        return new AuditPosition(
            long.Parse(key.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(key.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public static async Task<Page<AuditEvent>> OpenAsync(this AuditSealer sealer, Page<AuditRow> rows, CancellationToken cancellationToken)
    {
        var opened = await sealer.OpenAsync(rows.Items, cancellationToken);
        return new Page<AuditEvent>([.. opened.Select(row => row.ToEvent())], rows.Next);
    }
}
