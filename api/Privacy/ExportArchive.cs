using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Platform.Api.Limits;

namespace Platform.Api.Privacy;

/// <summary>A ZIP archive that is made while it is sent: entries one after the other, each written through to the client, so that memory stays flat (threat T72).</summary>
/// <remarks>An archive that was cut off has no directory and opens nowhere: half an export cannot be taken for a whole one.</remarks>
internal sealed class ExportArchive
{
    public const string MediaType = "application/zip";

    private readonly ZipArchive _archive;
    private readonly JsonSerializerOptions _json;
    private readonly DateTimeOffset _now;
    private readonly CancellationToken _cancellationToken;

    private ExportArchive(ZipArchive archive, JsonSerializerOptions json, DateTimeOffset now, CancellationToken cancellationToken) =>
        (_archive, _json, _now, _cancellationToken) = (archive, json, now, cancellationToken);

    /// <param name="context">Of the call.</param>
    /// <param name="name">Of the file, before the day.</param>
    /// <param name="time">The clock.</param>
    /// <param name="write">Adds the entries.</param>
    public static async Task SendAsync(HttpContext context, string name, TimeProvider time, Func<ExportArchive, Task> write)
    {
        var now = time.GetUtcNow();
        var response = context.Response;
        response.ContentType = MediaType;
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}-{now.UtcDateTime:yyyyMMdd}.zip\"";
        response.Headers.CacheControl = "no-store";
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await using var body = new MinimumRateStream(context, time);
        var archive = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, context.RequestAborted);
        await write(new ExportArchive(archive, json, now, context.RequestAborted));

        // Not disposed after a failure: the archive's directory would make it seem complete.
        await archive.DisposeAsync();
        await body.SendAsync();
    }

    public async Task AddTextAsync(string name, string text)
    {
        await using var entry = await OpenAsync(name);
        await entry.WriteAsync(Encoding.UTF8.GetBytes(text), _cancellationToken);
    }

    public async Task AddAsync<T>(string name, T value)
    {
        await using var entry = await OpenAsync(name);
        await JsonSerializer.SerializeAsync(entry, value, _json, _cancellationToken);
    }

    public Task AddListAsync<TItem, TBody>(string name, IAsyncEnumerable<TItem> items, Func<TItem, TBody> map) =>
        AddItemsAsync(name, "[\n", ",\n", "\n]\n", items, map);

    public Task AddLinesAsync<TItem, TBody>(string name, IAsyncEnumerable<TItem> items, Func<TItem, TBody> map) =>
        AddItemsAsync(name, "", "\n", "\n", items, map);

    private async Task AddItemsAsync<TItem, TBody>(string name, string open, string between, string close, IAsyncEnumerable<TItem> items, Func<TItem, TBody> map)
    {
        await using var entry = await OpenAsync(name);
        var before = open;
        await foreach (var item in items)
        {
            await entry.WriteAsync(Encoding.UTF8.GetBytes(before), _cancellationToken);
            await JsonSerializer.SerializeAsync(entry, map(item), _json, _cancellationToken);
            before = between;
        }

        await entry.WriteAsync(Encoding.UTF8.GetBytes(before == open ? open + close : close), _cancellationToken);
    }

    private async Task<Stream> OpenAsync(string name)
    {
        var entry = _archive.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = _now;
        return await entry.OpenAsync(_cancellationToken);
    }
}

/// <summary>Lists are read a step at a time, each when the one before is on its way: nothing is held open in the database while the client takes its time.</summary>
internal static class ExportSteps
{
    public static async IAsyncEnumerable<T> ReadAsync<T>(Func<string?, Task<Outcome<Page<T>>>> read) where T : class
    {
        string? after = null;
        do
        {
            var page = Allowed(await read(after));
            foreach (var item in page.Items) yield return item;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>What is exported may be gone by now: then the answer is cut off.</summary>
    public static T Allowed<T>(Outcome<T> outcome) where T : class =>
        outcome.Value ?? throw new InvalidOperationException("An export that was allowed is refused.");
}
