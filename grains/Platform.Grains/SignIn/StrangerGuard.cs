namespace Platform.SignIn;

/// <summary>What somebody whom the account does not know passes before a password of his is looked at: the guard of his network, then that of the tenant.</summary>
internal sealed class StrangerGuard(IGrainFactory grains)
{
    /// <summary>Where <see cref="Admission.Wait"/> is null it must be concluded.</summary>
    /// <param name="tenant">One that nobody can have where there is no such tenant.</param>
    /// <param name="network">A wide one.</param>
    internal async Task<Admission> AdmitAsync(TenantId tenant, string network, CancellationToken cancellationToken)
    {
        var everywhere = await grains.StrangersFrom(network).AdmitAsync(network, cancellationToken);
        if (everywhere.Wait is not null) return everywhere;
        var here = await grains.StrangersAt(tenant).AdmitAsync(network, cancellationToken);
        if (here.Wait is not null) await grains.StrangersFrom(network).ConcludeAsync(network, succeeded: null, CancellationToken.None);
        return here;
    }

    internal Task ConcludeAsync(TenantId tenant, string network, bool? succeeded) => Task.WhenAll(
        grains.StrangersFrom(network).ConcludeAsync(network, succeeded, CancellationToken.None),
        grains.StrangersAt(tenant).ConcludeAsync(network, succeeded, CancellationToken.None));

    /// <summary>
    /// The calls of an admitted attempt, for a failure of somebody whom the account knows: without them it would be answered sooner than one at an account that does not exist, and from a network
    /// that people sign in from, time would tell their names (decision 0010). Who gets in does not wait for them.
    /// </summary>
    internal async Task SkipAsync(TenantId tenant, string network, CancellationToken cancellationToken)
    {
        var (everywhere, here) = (grains.StrangersFrom(network), grains.StrangersAt(tenant));
        await everywhere.SkipAsync(cancellationToken);
        await here.SkipAsync(cancellationToken);
        await Task.WhenAll(everywhere.SkipAsync(cancellationToken), here.SkipAsync(cancellationToken));
    }
}
