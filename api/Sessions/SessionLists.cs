using Platform.Api.Authentication;
using Platform.Api.Paging;
using Platform.Api.Problems;

namespace Platform.Api.Sessions;

/// <summary>The sessions of one user, for that user and for managers; the directory checks the right to see them.</summary>
internal sealed class SessionLists(IGrainFactory grains, Cursors cursors)
{
    public Task<Results<Ok<ListBody<ListedSessionBody>>, Problem>> ListAsync(Caller caller, UserId user, SessionQuery sessions, PageQuery query, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query,
            $"sessions:{user}:{sessions.Key}",
            page => grains.Listing().ListSessionsAsync(caller.Actor, user, sessions.Filter, page, cancellationToken),
            session => ListedSessionBody.Of(session, caller.Actor.SessionId));
}
