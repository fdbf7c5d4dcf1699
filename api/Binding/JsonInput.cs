using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Platform.Api.Json;
using Platform.Api.Limits;
using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>
/// Reads a JSON object strictly (threats T65, T90): one media type, no compression, no unknown or duplicate members, bounded depth and size. A good body is read once;
/// a bad one costs an exception and is read again by <see cref="JsonFaults"/>, to say what is wrong with it.
/// </summary>
internal sealed class JsonInput(IOptions<JsonOptions> json)
{
    private const string MediaType = "application/json";

    private readonly JsonSerializerOptions _options = StrictJson.Of(json.Value.SerializerOptions);

    public async ValueTask<(T? Value, Problem? Problem)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken) where T : class
    {
        if (!IsPlainJson(request.Headers)) return (null, new Problem(ProblemKind.UnsupportedMediaType) { Detail = $"Send {MediaType} in UTF-8, without Content-Encoding." });
        var reader = request.BodyReader;
        var limit = BodyLimit.Of(request.HttpContext);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
            {
                // Where a length was declared, it was refused before this.
                reader.AdvanceTo(read.Buffer.End);
                return (null, new Problem(ProblemKind.BodyTooLarge));
            }

            if (read.IsCompleted)
            {
                request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IBodyObserver>()?.Observe(request.HttpContext, read.Buffer);
                var parsed = Parse<T>(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return parsed;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    internal (T? Value, Problem? Problem) Parse<T>(ReadOnlySequence<byte> json) where T : class
    {
        var type = (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));
        try
        {
            if (Deserialize(json, type) is { } value) return (value, null);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // What it says has no pointer that a caller could use.
        }

        return (null, new Problem(ProblemKind.InvalidRequest) { Errors = JsonFaults.Find(json, type) });
    }

    /// <summary>Joins a body that came in several parts: the serializer reads one span once, but a sequence twice, first to find its end.</summary>
    private static T? Deserialize<T>(ReadOnlySequence<byte> json, JsonTypeInfo<T> type) where T : class
    {
        if (json.IsSingleSegment) return JsonSerializer.Deserialize(json.FirstSpan, type);
        var length = (int)json.Length;
        var joined = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            json.CopyTo(joined);
            return JsonSerializer.Deserialize(joined.AsSpan(0, length), type);
        }
        finally
        {
            // A body may hold a password.
            joined.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    private static bool IsPlainJson(IHeaderDictionary headers) =>
        headers.ContentEncoding.Count == 0
        && headers.ContentType.Count == 1
        && MediaTypeHeaderValue.TryParse(headers.ContentType[0], out var type)
        && type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || IsUtf8(HeaderUtilities.RemoveQuotes(type.Charset)));

    /// <summary>As the Encoding Standard labels it; clients write both.</summary>
    private static bool IsUtf8(StringSegment charset) => charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);
}

/// <summary>On an endpoint: receives the bytes of its body before they are parsed.</summary>
internal interface IBodyObserver
{
    void Observe(HttpContext context, ReadOnlySequence<byte> body);
}
