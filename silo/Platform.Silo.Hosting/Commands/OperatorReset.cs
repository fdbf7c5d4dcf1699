using Platform.Hosting;
using Platform.Internal;
using Platform.SignIn;
using Platform.Tenants;

namespace Platform.Silo.Hosting.Commands;

/// <summary>What <c>reset-operator</c> does once the silo runs.</summary>
internal sealed class OperatorReset(AccountResolver accounts, IGrainFactory grains)
{
    /// <returns>The exit code.</returns>
    /// <exception cref="StartupException">It is no operator, or cannot be reset.</exception>
    public async Task<int> RunAsync(string username, TextWriter output, CancellationToken cancellationToken)
    {
        var account = await accounts.ResolveAsync(Slugs.Platform, username, cancellationToken);
        var password = RandomPassword.Create();
        var request = new OperatorRecoveryRequest(ResetOperatorCommand.Name, password, MachineAccount.Of(ResetOperatorCommand.Name));
        var reset = await grains.UserInternal(account.User).RecoverOperatorAsync(request, cancellationToken);
        if (reset.Value is not { } done) throw new StartupException(Explain(reset.Refusal, username));

        await output.WriteLineAsync($"Operator '{username}' of tenant '{Slugs.Platform}' has a new password. One-time display: {password}");
        await output.WriteLineAsync("It opens no session: at the next sign-in the operator chooses another one.");
        await output.WriteLineAsync($"{(done.HadSecondFactor ? "The second factors are removed" : "There was no second factor")}; sessions ended: {done.EndedSessions}. The access log of tenant '{Slugs.Platform}' says so.");
        await output.WriteLineAsync("API keys and the e-mail address of the account are as they were: look at both after you have signed in.");
        return 0;
    }

    private static string Explain(Refusal refusal, string username) => refusal switch
    {
        Refusal.NotFound => $"There is no user '{username}' in tenant '{Slugs.Platform}'. The first operator is called 'operator'.",
        Refusal.Forbidden => $"'{username}' of tenant '{Slugs.Platform}' is no operator. Name one who may operate.",
        Refusal.InvalidRequest => $"'{username}' is disabled, or was invited and has not accepted. Reset another operator, who enables or invites this one.",
        _ => $"'{username}' cannot be reset now ({refusal}). Nothing was changed; try again.",
    };
}
