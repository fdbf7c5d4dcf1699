using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Limits;
using Platform.Privacy;
using Platform.Sessions;

namespace Platform.Api.Privacy;

/// <summary>
/// All that the platform holds about one user, as a ZIP archive that is made while it is sent (row PRIVACY). Lists are read a step at a time, each when the one
/// before is on its way: memory stays flat and nothing is held open in the database while the client takes its time (threat T72).
/// </summary>
/// <remarks>An archive that was cut off has no directory and opens nowhere: half an export cannot be taken for a whole one.</remarks>
internal sealed class UserExport(Actor actor, UserRecord record, IGrainFactory grains, TimeProvider time, IDisposable turn) : IResult, IEndpointMetadataProvider
{
    private const string MediaType = "application/zip";
    private const int ItemsPerStep = 100;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(void), [MediaType]));

    public async Task ExecuteAsync(HttpContext context)
    {
        using var _ = turn;
        var now = time.GetUtcNow();
        var response = context.Response;
        response.ContentType = MediaType;
        response.Headers.ContentDisposition = $"attachment; filename=\"{record.User.Id}-{now.UtcDateTime:yyyyMMdd}.zip\"";
        response.Headers.CacheControl = "no-store";
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await using var body = new MinimumRateStream(context, time);
        var archive = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, context.RequestAborted);
        await WriteAsync(new Archive(archive, json, now, context.RequestAborted), now, context.RequestAborted);

        // Not disposed after a failure: the archive's directory would make it seem complete.
        await archive.DisposeAsync();
        await body.SendAsync();
    }

    private async Task WriteAsync(Archive archive, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (id, privacy) = (record.User.Id, grains.Privacy());
        var description = ExportDescription.Of(id, record.User.TenantId, now);
        await archive.AddTextAsync("README.txt", ExportDescription.Text(description));
        await archive.AddAsync("description.json", description);

        var grants = new List<ExportedGrantBody>();
        await foreach (var grant in StepsAsync(after => privacy.ReadGrantsAsync(actor, id, new PageRequest(ItemsPerStep, after), cancellationToken)))
        {
            grants.Add(ExportedGrantBody.Of(grant));
        }

        await archive.AddAsync(ExportDescription.Profile, ExportedProfileBody.Of(record, grants));
        await archive.AddAsync(ExportDescription.Factors, ExportedFactorsBody.Of(record));
        await archive.AddListAsync(
            ExportDescription.Sessions,
            StepsAsync(after => grains.Listing().ListSessionsAsync(actor, id, SessionFilter.All, new PageRequest(ItemsPerStep, after), cancellationToken)),
            ExportedSessionBody.Of);
        await archive.AddLinesAsync(ExportDescription.Log, StepsAsync(after => privacy.ReadEventsAsync(actor, id, after, cancellationToken)), ExportedEventBody.Of);
        await archive.AddListAsync(
            ExportDescription.Changes,
            StepsAsync(after => privacy.ReadChangesAsync(actor, id, new PageRequest(ItemsPerStep, after), cancellationToken)),
            ExportedChangeBody.Of);
        await archive.AddListAsync(
            ExportDescription.Comments,
            StepsAsync(after => privacy.ReadCommentsAsync(actor, id, new PageRequest(ItemsPerStep, after), cancellationToken)),
            ExportedCommentBody.Of);
        var holdings = Allowed(await privacy.ReadHoldingsAsync(actor, id, cancellationToken));
        await archive.AddAsync(ExportDescription.ApiKeys, holdings.ApiKeys.Select(ExportedKeyBody.Of).ToArray());
        await archive.AddAsync(ExportDescription.Messages, holdings.Messages.Select(ExportedMessageBody.Of).ToArray());
    }

    private static async IAsyncEnumerable<T> StepsAsync<T>(Func<string?, Task<Outcome<Page<T>>>> read) where T : class
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

    /// <summary>The user may be gone by now: then the answer is cut off.</summary>
    private static T Allowed<T>(Outcome<T> outcome) where T : class =>
        outcome.Value ?? throw new InvalidOperationException("An export that was allowed is refused.");

    /// <summary>Entries one after the other, each written through to the client.</summary>
    private sealed class Archive(ZipArchive archive, JsonSerializerOptions json, DateTimeOffset now, CancellationToken cancellationToken)
    {
        public async Task AddTextAsync(string name, string text)
        {
            await using var entry = await OpenAsync(name);
            await entry.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }

        public async Task AddAsync<T>(string name, T value)
        {
            await using var entry = await OpenAsync(name);
            await JsonSerializer.SerializeAsync(entry, value, json, cancellationToken);
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
                await entry.WriteAsync(Encoding.UTF8.GetBytes(before), cancellationToken);
                await JsonSerializer.SerializeAsync(entry, map(item), json, cancellationToken);
                before = between;
            }

            await entry.WriteAsync(Encoding.UTF8.GetBytes(before == open ? open + close : close), cancellationToken);
        }

        private async Task<Stream> OpenAsync(string name)
        {
            var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
            entry.LastWriteTime = now;
            return await entry.OpenAsync(cancellationToken);
        }
    }
}
