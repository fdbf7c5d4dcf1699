using Platform.Api.Http;
using Platform.Api.Security;

namespace Platform.Api.Sessions;

/// <summary>The sessions of one user, for that user and for managers; the directory checks the right to see them.</summary>
internal sealed class SessionLists(IGrainFactory grains, Cursors cursors)
{
    public async Task<Results<Ok<ListBody<ListedSessionBody>>, Problem>> ListAsync(Caller caller, UserId user, PageQuery query, CancellationToken cancellationToken)
    {
        var list = $"sessions:{user}";
        if (!cursors.TryOpen(query, list, out var page)) return Cursors.Invalid;
        var outcome = await grains.Directory().ListSessionsAsync(caller.Actor, user, page, cancellationToken);
        return outcome.Value is { } found
            ? TypedResults.Ok(cursors.ToBody(found, list, session => ListedSessionBody.Of(session, caller.Session.Id)))
            : outcome.ToProblem();
    }
}
