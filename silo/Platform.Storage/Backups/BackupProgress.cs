namespace Platform.Storage.Backups;

/// <summary>Tells an operator how far a backup or a restore is: a line for each stage, and every five seconds how much was read or written in it.</summary>
internal sealed class BackupProgress(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private long _bytes;
    private long _told = time.GetTimestamp();

    public void Begin(string stage)
    {
        output.WriteLine(stage);
        output.Flush();
        (_bytes, _told) = (0, time.GetTimestamp());
    }

    /// <param name="bytes">Further ones of this stage.</param>
    public void Add(long bytes)
    {
        _bytes += bytes;
        if (time.GetElapsedTime(_told) < Every) return;
        _told = time.GetTimestamp();
        output.WriteLine($"  {Size(_bytes)}");
        output.Flush();
    }

    public static string Size(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(bytes + 999) / 1000} kB"),
        < 1_000_000_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB"),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e9:F2} GB"),
    };
}
