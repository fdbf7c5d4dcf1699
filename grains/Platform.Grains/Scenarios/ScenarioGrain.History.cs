using Platform.Listing;
using Platform.Text;
using Platform.Users;

namespace Platform.Scenarios;

public sealed partial class ScenarioGrain
{
    private const int KeptChanges = 100;
    private const int MaxPageSize = 1024 * 1024;
    private const int MaxCommentLength = 4000;

    public async Task<Outcome<Page<ScenarioHistoryEntry>>> ListHistoryAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Read);
        return refusal == Refusal.None ? await scenarios.ListHistoryAsync(_id, state.Value!.Version, MaxPageSize, page, cancellationToken) : refusal;
    }

    public async Task<Outcome<ScenarioComment>> CommentAsync(Actor actor, CommentId id, string text, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Collaborate);
        if (refusal != Refusal.None) return refusal;
        if (!Names.IsReadable(text, MaxCommentLength))
        {
            return InputErrors.Of(new InputError("/text", "invalid_text", $"Use 1 to {MaxCommentLength} characters, without control characters other than line ends and tabs."));
        }

        return await scenarios.AddCommentAsync(_id, new ScenarioComment(id, actor.UserId, time.GetUtcNow(), text), cancellationToken);
    }

    public async Task<Outcome<Page<ScenarioComment>>> ListCommentsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Read);
        return refusal == Refusal.None ? await scenarios.ListCommentsAsync(_id, page, cancellationToken) : refusal;
    }
}
