using Platform.Scenarios;

namespace Platform.Internal;

/// <summary>The scenario's grain as other grains of the silo see it; hosts see <see cref="IScenarioGrain"/> and cannot reach this one.</summary>
[Alias("platform.IScenarioAccountGrain")]
internal interface IScenarioGrainInternal : IGrainWithStringKey
{
    /// <summary>The user is gone, so its grant goes. Called by the user's grain.</summary>
    [Alias("ForgetUser")]
    Task ForgetUserAsync(UserId user, CancellationToken cancellationToken);

    /// <inheritdoc cref="IUserGrainInternal.DropAsync"/>
    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);
}
