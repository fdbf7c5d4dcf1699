using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
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
    private const int ItemsPerStep = 100;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(void), [ExportArchive.MediaType]));

    public async Task ExecuteAsync(HttpContext context)
    {
        using var _ = turn;
        var now = time.GetUtcNow();
        await ExportArchive.SendAsync(context, record.User.Id.ToString(), time, archive => WriteAsync(archive, now, context.RequestAborted));
    }

    private async Task WriteAsync(ExportArchive archive, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (id, privacy) = (record.User.Id, grains.Privacy());
        var description = ExportDescription.Of(id, record.User.TenantId, now);
        await archive.AddTextAsync("README.txt", ExportDescription.Text(description));
        await archive.AddAsync("description.json", description);

        var grants = new List<ExportedGrantBody>();
        await foreach (var grant in ExportSteps.ReadAsync(after => privacy.ReadGrantsAsync(actor, id, new PageRequest(ItemsPerStep, after), cancellationToken)))
        {
            grants.Add(ExportedGrantBody.Of(grant));
        }

        await archive.AddAsync(ExportDescription.Profile, ExportedProfileBody.Of(record, grants));
        await archive.AddAsync(ExportDescription.Factors, ExportedFactorsBody.Of(record));
        await archive.AddListAsync(
            ExportDescription.Sessions,
            ExportSteps.ReadAsync(after => grains.Listing().ListSessionsAsync(actor, id, SessionFilter.All, new PageRequest(ItemsPerStep, after), cancellationToken)),
            ExportedSessionBody.Of);
        await archive.AddLinesAsync(ExportDescription.Log, ExportSteps.ReadAsync(after => privacy.ReadEventsAsync(actor, id, after, cancellationToken)), ExportedEventBody.Of);
        await archive.AddListAsync(
            ExportDescription.Changes,
            ExportSteps.ReadAsync(after => privacy.ReadChangesAsync(actor, id, new PageRequest(ItemsPerStep, after), cancellationToken)),
            ExportedChangeBody.Of);
        await archive.AddListAsync(
            ExportDescription.Comments,
            ExportSteps.ReadAsync(after => privacy.ReadCommentsAsync(actor, id, new PageRequest(ItemsPerStep, after), cancellationToken)),
            ExportedCommentBody.Of);
        var holdings = ExportSteps.Allowed(await privacy.ReadHoldingsAsync(actor, id, cancellationToken));
        await archive.AddAsync(ExportDescription.ApiKeys, holdings.ApiKeys.Select(ExportedKeyBody.Of).ToArray());
        await archive.AddAsync(ExportDescription.Messages, holdings.Messages.Select(ExportedMessageBody.Of).ToArray());
    }
}
