using System.Text.RegularExpressions;
using Platform.Audit;

namespace Platform.Privacy;

/// <summary>An event as it may be given to the user that it is by or about: without what it holds of other people (threat T52). Pure.</summary>
internal static partial class OwnEvents
{
    private const string Somebody = UserPrefix + "…";
    private const string UserPrefix = "usr_";

    public static AuditEvent Of(AuditEvent found, UserId user)
    {
        var own = user.ToString();
        var (byUser, aboutUser) = (found.Actor.Id == own, found.Target.Id == own);

        // Without an id: the platform, or somebody who was not known. That is kept as data of whom it is about (decision 25).
        var byOther = !byUser && found.Actor.Id is not null;
        var aboutOther = !aboutUser && found.Target.Type is AuditParties.User or AuditParties.Operator;
        var sessionIsOwn = found.Action.StartsWith("session.", StringComparison.Ordinal) ? aboutUser : byUser;
        return found with
        {
            Actor = byOther ? Nameless(found.Actor) : found.Actor,
            Target = aboutOther ? Nameless(found.Target) : found.Target,
            Ip = byOther ? null : found.Ip,
            UserAgent = byOther ? null : found.UserAgent,
            SessionId = sessionIsOwn ? found.SessionId : null,
            TraceId = null,
            Changes = aboutOther ? [] : [.. found.Changes.Select(change => Masked(change, own))],
            ActorProof = found.ActorProof with { Salt = null },
            TargetProof = found.TargetProof with { Salt = null },
        };
    }

    private static AuditParty Nameless(AuditParty party) => new(party.Type, Id: null);

    private static AuditChange Masked(AuditChange change, string own) => new(Masked(change.Path, own)!, Masked(change.Before, own), Masked(change.After, own));

    private static string? Masked(string? text, string own) =>
        text is null ? null : Users().Replace(text, found => found.Value == own ? own : Somebody);

    [GeneratedRegex("usr_[0-9a-f]{32}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Users();
}
