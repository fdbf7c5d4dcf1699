using System.Globalization;
using Platform.Audit;
using Platform.Storage.Tests.Hosting;
using Platform.Storage.Tests.Tables;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>A process that appends events of the access log, and prints how many bytes it has given to the kernel meanwhile.</summary>
internal static class AppendingProcess
{
    /// <summary>First argument of the process.</summary>
    public const string Command = "append";

    public const int Batches = 8;
    public const int EventsPerBatch = 250;

    public static async Task<int> RunAsync(string directory)
    {
        using var database = await TestDatabase.OpenAsync(directory);
        var events = new AuditEventTable(database);
        await AppendAsync(events, 1);
        var before = BytesWritten();

        // Each batch is of another tenant, so that they meet in groups.
        await Task.WhenAll(Enumerable.Range(0, Batches).Select(_ => AppendAsync(events, EventsPerBatch)));
        Console.WriteLine((BytesWritten() - before).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static Task AppendAsync(AuditEventTable events, int count)
    {
        var tenant = Samples.New<TenantId>();
        return events.AppendAsync([.. Enumerable.Range(1, count).Select(sequence => Samples.Event(tenant, sequence))], checkpoint: null, CancellationToken.None);
    }

    private static long BytesWritten() =>
        long.Parse(File.ReadLines("/proc/self/io").Single(line => line.StartsWith("wchar: ", StringComparison.Ordinal)).AsSpan("wchar: ".Length), CultureInfo.InvariantCulture);
}
