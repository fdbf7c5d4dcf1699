using Orleans.Activation;

namespace Orleans.Runtime;

/// <summary>How many activations of one class a silo holds.</summary>
[GenerateSerializer]
public sealed class SimpleGrainStatistic
{
    [Id(0)]
    public string GrainType { get; set; } = null!;

    [Id(1)]
    public SiloAddress SiloAddress { get; set; } = null!;

    [Id(2)]
    public int ActivationCount { get; set; }

    public override string ToString() => $"SimpleGrainStatistic: GrainType={GrainType} Silo={SiloAddress} NumActivations={ActivationCount} ";
}

/// <summary>One activation.</summary>
[GenerateSerializer]
public sealed class DetailedGrainStatistic
{
    [Id(0)]
    public string GrainType { get; set; } = null!;

    [Id(1)]
    public SiloAddress SiloAddress { get; set; } = null!;

    [Id(2)]
    public GrainId GrainId { get; set; }
}

public enum SiloStatus
{
    None,
    Created,
    Joining,
    Active,
    ShuttingDown,
    Stopping,
    Dead,
}

/// <summary>Counts and collects activations. Reached by <c>GetGrain&lt;IManagementGrain&gt;(0)</c>.</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

    Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit);

    Task ForceActivationCollection(TimeSpan ageLimit);

    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds);

    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics();

    Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null);

    Task<int> GetGrainActivationCount(GrainReference grainReference);

    Task<int> GetTotalActivationCount();

    ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference);

    ValueTask<List<GrainId>> GetActiveGrains(GrainType type);
}

internal sealed class ManagementGrain(ActivationDirectory directory, ILocalSiloDetails silo) : Grain, IManagementGrain
{
    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false)
        => Task.FromResult(new Dictionary<SiloAddress, SiloStatus> { [silo.SiloAddress] = SiloStatus.Active });

    public Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit) => ForceActivationCollection(ageLimit);

    public Task ForceActivationCollection(TimeSpan ageLimit) => directory.CollectAsync(ageLimit);

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds) => GetSimpleGrainStatistics();

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => Task.FromResult(Active
        .GroupBy(static a => a.Shared.Class.Type)
        .Select(group => new SimpleGrainStatistic { GrainType = $"{group.Key.FullName},{group.Key.Assembly.GetName().Name}", SiloAddress = silo.SiloAddress, ActivationCount = group.Count() })
        .ToArray());

    public Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null) => Task.FromResult(Active
        .Select(a => new DetailedGrainStatistic { GrainType = $"{a.Shared.Class.Type.FullName},{a.Shared.Class.Type.Assembly.GetName().Name}", SiloAddress = silo.SiloAddress, GrainId = a.GrainId })
        .Where(statistic => types is null || types.Contains(statistic.GrainType, StringComparer.Ordinal))
        .ToArray());

    public Task<int> GetGrainActivationCount(GrainReference grainReference) => Task.FromResult(Active.Count(a => a.GrainId == grainReference.GrainId));

    public Task<int> GetTotalActivationCount() => Task.FromResult(Active.Count());

    public ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference)
        => ValueTask.FromResult(directory.Find(reference.GetGrainId()) is null ? null : silo.SiloAddress);

    public ValueTask<List<GrainId>> GetActiveGrains(GrainType type) => ValueTask.FromResult(Active.Where(a => a.GrainId.Type == type).Select(static a => a.GrainId).ToList());

    private IEnumerable<GrainActivation> Active => directory.Activations.Where(static a => a.IsActive);
}
