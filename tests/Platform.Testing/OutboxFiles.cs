using System.Text.Json;

namespace Platform.Testing;

/// <summary>What the directory sender has delivered.</summary>
public static class OutboxFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public sealed record Delivered(string To, string Channel, string Template, string? Subject, string Text, string? Html, DateTimeOffset CreatedAt, Dictionary<string, string> Data);

    /// <summary>Waits until that many files lie there; the file system tells, nothing polls.</summary>
    public static async Task<IReadOnlyList<Delivered>> WaitForAsync(string dataDirectory, int count, Func<Delivered, bool>? which = null, TimeSpan? timeout = null)
    {
        var outbox = Directory.CreateDirectory(Path.Combine(dataDirectory, "outbox")).FullName;
        var arrived = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(outbox);
        watcher.Renamed += (_, _) => arrived.Release();
        watcher.EnableRaisingEvents = true;
        using var over = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            Delivered[] found = [.. Read(outbox).Where(which ?? (_ => true))];
            if (found.Length >= count) return found;
            await arrived.WaitAsync(over.Token);
        }
    }

    public static IReadOnlyList<Delivered> Read(string outbox) =>
        [.. Directory.GetFiles(outbox, "*.json").Order(StringComparer.Ordinal).Select(f => JsonSerializer.Deserialize<Delivered>(File.ReadAllText(f), Json)!)];
}
