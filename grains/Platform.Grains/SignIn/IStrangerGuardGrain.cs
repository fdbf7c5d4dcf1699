using Orleans.Concurrency;
using Platform.Internal;

namespace Platform.SignIn;

/// <param name="IsSingle">This failure has an entry of its own in the access log.</param>
/// <param name="Untold">So many others had none and are told now.</param>
[GenerateSerializer, Immutable, Alias("platform.StrangerEntry")]
internal readonly record struct StrangerEntry([property: Id(0)] bool IsSingle, [property: Id(1)] int Untold);

/// <summary>
/// Key: <c>sgt_&lt;tenant&gt;</c>, for tenants that do not exist alike, or <c>sgn_&lt;number&gt;</c> for a part of all networks. Counts what strangers get wrong, see <see cref="StrangerFailures"/>. In memory: after a
/// restart counts begin anew, those of single accounts do not.
/// </summary>
[Alias("platform.IStrangerGuardGrain")]
internal interface IStrangerGuardGrain : IGrainWithStringKey
{
    /// <param name="network">A wide one.</param>
    [Alias("Admit"), AlwaysInterleave]
    Task<Admission> AdmitAsync(string network, CancellationToken cancellationToken);

    /// <summary>The outcome of an admitted attempt. Null: it was not evaluated.</summary>
    [Alias("Conclude"), AlwaysInterleave]
    Task ConcludeAsync(string network, bool? succeeded, CancellationToken cancellationToken);

    /// <summary>Of the tenant in whose log a failure is to be told.</summary>
    [Alias("TakeEntry"), AlwaysInterleave]
    Task<StrangerEntry> TakeEntryAsync(CancellationToken cancellationToken);

    /// <summary>Takes as long as each of the calls above and counts nothing, see <see cref="StrangerGuard.SkipAsync"/>.</summary>
    [Alias("Skip"), AlwaysInterleave]
    Task SkipAsync(CancellationToken cancellationToken);

    /// <summary>Tells those who manage the tenant's users, and the operators. Nobody waits for it, so that the answer takes as long for tenants that do not exist.</summary>
    [Alias("Alert"), OneWay, AlwaysInterleave]
    Task AlertAsync(string network);
}

internal static class StrangerGuards
{
    private const string OfTenant = "sgt_";
    private const string OfNetworks = "sgn_";

    /// <summary>So many activations for all networks there are: each holds a bounded number of them.</summary>
    private const uint Parts = 256;

    public static IStrangerGuardGrain StrangersAt(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<IStrangerGuardGrain>(OfTenant + tenant);

    public static IStrangerGuardGrain StrangersFrom(this IGrainFactory grains, string network) => grains.GetGrain<IStrangerGuardGrain>($"{OfNetworks}{PartOf(network)}");

    /// <summary>Null: a guard of networks.</summary>
    public static TenantId? TenantOf(string key) => key.StartsWith(OfTenant, StringComparison.Ordinal) ? PrefixedId.Parse<TenantId>(key[OfTenant.Length..]) : null;

    /// <summary>FNV-1a: the same in every process.</summary>
    private static uint PartOf(string network)
    {
        var hash = 2166136261u;
        foreach (var letter in network) hash = (hash ^ letter) * 16777619u;
        return hash % Parts;
    }
}
