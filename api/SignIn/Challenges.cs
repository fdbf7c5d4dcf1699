using Platform.Api.Requests;
using Platform.Security;
using Platform.SignIn;
using Platform.Snippets;

namespace Platform.Api.SignIn;

/// <summary>Opens challenges: made-up ones and those of other environments end here.</summary>
internal sealed class Challenges(MasterKey master, IOptions<PlatformOptions> options)
{
    /// <param name="text">As it was given.</param>
    /// <param name="context">The request that answers it.</param>
    /// <param name="page">The page that answers it; null: none does.</param>
    /// <param name="challenge">What it names.</param>
    public bool TryOpen(string text, HttpContext context, PageOrigin? page, out ChallengeReference challenge)
    {
        var opened = ChallengeToken.TryOpen(master, options.Value.Environment, text, out var user, out var hash);
        challenge = new ChallengeReference { UserId = user, ChallengeHash = hash, Client = Client.Of(context), Page = page };
        return opened;
    }
}
