using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Browser;
using Platform.Api.Problems;
using Platform.Api.Requests;
using Platform.Api.Sessions;
using Platform.Api.Tokens;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Snippets;

namespace Platform.Api.SignIn;

/// <summary>The steps of a sign-in (rows LOGIN, 2FA), the same from a page of a tenant and from none. What a challenge is good for is decided by the user's grain; here it is opened and the token sealed.</summary>
internal sealed class SignInSteps(Challenges challenges, IGrainFactory grains, SessionTokens tokens, TimeProvider time)
{
    /// <param name="context">The request.</param>
    /// <param name="credentials">As they were sent.</param>
    /// <param name="page">The page that signs in, to which the session is bound; null: none does.</param>
    /// <param name="cancellationToken">Of the request.</param>
    public async Task<Results<Ok<SignInAnswerBody>, Problem>> SignInAsync(HttpContext context, SignInBody credentials, PageOrigin? page, CancellationToken cancellationToken)
    {
        if (PasswordInput.Check(credentials.Password, "/password") is { } tooLong) return tooLong;
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await grains.SignIn().SignInAsync(
            new SignInRequest
            {
                Tenant = credentials.Tenant,
                Username = credentials.Username,
                Password = credentials.Password,
                SecretHash = fresh.SecretHash,
                Client = Client.Of(context),
                Transport = credentials.Transport ?? SessionTransport.Cookie,
                Page = page,
            },
            cancellationToken);
        return Answer(context.Response, outcome, fresh, page);
    }

    /// <inheritdoc cref="SignInAsync"/>
    public async Task<Results<Ok<SignInAnswerBody>, Problem>> ProveAsync(HttpContext context, SecondFactorBody proof, PageOrigin? page, CancellationToken cancellationToken)
    {
        if (!challenges.TryOpen(proof.Challenge, context, page, out var challenge)) return new Problem(ProblemKind.InvalidCode);
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await grains.SignIn().VerifySecondFactorAsync(
            new SecondFactorProof { Challenge = challenge, Method = proof.Method, Code = proof.Code, SecretHash = fresh.SecretHash }, cancellationToken);
        return Answer(context.Response, outcome, fresh, page);
    }

    /// <summary>Not from a page: no challenge for this step is given there.</summary>
    public async Task<Results<Ok<SignInAnswerBody>, Problem>> ChooseNewPasswordAsync(HttpContext context, NewPasswordBody choice, CancellationToken cancellationToken)
    {
        if (PasswordInput.Check(choice.NewPassword, "/newPassword") is { } tooLong) return tooLong;
        if (!challenges.TryOpen(choice.Challenge, context, page: null, out var challenge)) return new Problem(ProblemKind.InvalidCode);
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await grains.SignIn().ChooseNewPasswordAsync(
            new NewPasswordChoice { Challenge = challenge, NewPassword = choice.NewPassword, SecretHash = fresh.SecretHash }, cancellationToken);
        return Answer(context.Response, outcome, fresh, page: null);
    }

    /// <inheritdoc cref="SignInAsync"/>
    public async Task<Results<Accepted, Problem>> SendCodeAsync(HttpContext context, ChallengeBody body, PageOrigin? page, CancellationToken cancellationToken)
    {
        if (!challenges.TryOpen(body.Challenge, context, page, out var challenge)) return new Problem(ProblemKind.InvalidCode);
        var outcome = await grains.SignIn().SendCodeAsync(challenge, cancellationToken);
        return outcome.ToAccepted();
    }

    private Results<Ok<SignInAnswerBody>, Problem> Answer(HttpResponse response, Outcome<SignInResult> outcome, FreshSecret fresh, PageOrigin? page)
    {
        if (outcome.Value is not { } step) return outcome.ToProblem();
        if (step.Challenge is { } challenge)
        {
            return TypedResults.Ok(new SignInAnswerBody("second_factor_required")
            {
                Challenge = challenge.Token, Methods = challenge.Methods, ExpiresAt = challenge.ExpiresAt,
            });
        }

        if (step.PasswordChange is { } change) return TypedResults.Ok(new SignInAnswerBody("password_change_required") { Challenge = change.Token, ExpiresAt = change.ExpiresAt });

        var session = step.Session!;
        SecurityTestingHeader.Mark(response, session);
        var token = fresh.Seal(session.Id, session.AbsoluteExpiresAt);
        var inBody = step.Transport == SessionTransport.Token;
        if (!inBody)
        {
            if (page is null) SessionCookie.Set(response, token);
            else PageCookie.Set(response, token);
        }

        return TypedResults.Ok(new SignInAnswerBody(session.Scope == SessionScope.Full ? "signed_in" : "second_factor_enrolment_required")
        {
            Session = page is null ? SessionBody.Of(session) : SessionBody.Of(session, time.GetUtcNow()), Token = inBody ? token : null,
        });
    }
}
