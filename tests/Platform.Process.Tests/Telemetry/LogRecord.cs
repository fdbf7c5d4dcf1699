namespace Platform.Process.Tests.Telemetry;

/// <summary>A log record as it was exported (opentelemetry/proto/logs/v1/logs.proto).</summary>
internal sealed record LogRecord(string Category, string EventName, string TraceId, string Severity)
{
    public static IEnumerable<LogRecord> ReadExport(ReadOnlyMemory<byte> request) =>
        from resourceLogs in Protobuf.Read(request).Where(field => field.Number == 1)
        from scopeLogs in resourceLogs.Message.Where(field => field.Number == 2)
        let category = scopeLogs.Message.Where(field => field.Number == 1).SelectMany(field => field.Message).FirstOrDefault(field => field.Number == 1).Text
        from record in scopeLogs.Message.Where(field => field.Number == 2)
        let fields = record.Message.ToArray()
        select new LogRecord(category, One(fields, 12).Text, One(fields, 9).Hex, One(fields, 3).Text);

    private static Field One(Field[] fields, int number) => Array.Find(fields, field => field.Number == number);
}
