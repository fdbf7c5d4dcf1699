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
}
