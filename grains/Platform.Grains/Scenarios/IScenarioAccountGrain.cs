using Platform.Users;

namespace Platform.Scenarios;

/// <summary>The scenario's grain as other grains see it; hosts see <see cref="IScenarioGrain"/>.</summary>
[Alias("platform.IScenarioAccountGrain")]
public interface IScenarioAccountGrain : IGrainWithStringKey
{
    /// <summary>The user is gone, so its grant goes. Called by the user's grain.</summary>
    [Alias("ForgetUser")]
    Task ForgetUserAsync(UserId user, CancellationToken cancellationToken);
}
