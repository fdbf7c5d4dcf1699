namespace Platform.Process.Tests.Telemetry;

internal enum SpanKind
{
    Unspecified = 0,
    Internal = 1,
    Server = 2,
    Client = 3,
    Producer = 4,
    Consumer = 5,
}

/// <summary>A span as it was exported (opentelemetry/proto/trace/v1/trace.proto).</summary>
internal sealed record Span(
    string Source,
    string TraceId,
    string Id,
    string ParentId,
    string Name,
    SpanKind Kind,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyDictionary<string, string> Resource)
{
    public static IEnumerable<Span> ReadExport(ReadOnlyMemory<byte> request)
    {
        foreach (var resourceSpans in Protobuf.Read(request).Where(field => field.Number == 1))
        {
            var resource = AttributesOf(resourceSpans.Message.Where(field => field.Number == 1).SelectMany(field => field.Message), number: 1);
            foreach (var scopeSpans in resourceSpans.Message.Where(field => field.Number == 2))
            {
                var source = scopeSpans.Message.Where(field => field.Number == 1).SelectMany(field => field.Message).FirstOrDefault(field => field.Number == 1).Text;
                foreach (var span in scopeSpans.Message.Where(field => field.Number == 2)) yield return Of(span.Message.ToArray(), source, resource);
            }
        }
    }

    private static Span Of(Field[] fields, string source, IReadOnlyDictionary<string, string> resource) => new(
        source,
        One(fields, 1).Hex,
        One(fields, 2).Hex,
        One(fields, 4).Hex,
        One(fields, 5).Text,
        (SpanKind)One(fields, 6).Value,
        AttributesOf(fields, number: 9),
        resource);

    private static Field One(Field[] fields, int number) => fields.FirstOrDefault(field => field.Number == number);

    private static Dictionary<string, string> AttributesOf(IEnumerable<Field> fields, int number) =>
        fields.Where(field => field.Number == number).Select(field => field.Message.ToArray()).ToDictionary(
            pair => One(pair, 1).Text,
            pair => string.Join(',', One(pair, 2).Message.Select(value => value.Number == 1 ? value.Text : $"{value.Value}")),
            StringComparer.Ordinal);
}
