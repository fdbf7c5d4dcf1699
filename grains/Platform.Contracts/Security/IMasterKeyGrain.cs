using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>How far the rotation of the master key is. Stored: for ever.</summary>
public enum MasterKeyRotationStep
{
    /// <summary>There has been none.</summary>
    None = 0,

    /// <summary>Processes look for the new key.</summary>
    Announced = 1,

    /// <summary>All that run hold both keys. None that lacks the new one starts from here on.</summary>
    Held = 2,

    /// <summary>The new key wraps.</summary>
    Current = 3,

    /// <summary>All that run wrap with the new key; what lies under the former one is wrapped again.</summary>
    Wrapping = 4,

    /// <summary>The former key opens links that were sent, and nothing else.</summary>
    Former = 5,

    /// <summary>Nothing needs the former key any more.</summary>
    Retired = 6,
}

/// <summary>Which master keys a process holds.</summary>
[GenerateSerializer, Immutable, Alias("platform.MasterKeyHolder")]
public sealed record MasterKeyHolder
{
    /// <summary>Names the process until it ends.</summary>
    [Id(0)] public required string Process { get; init; }

    /// <summary>Ids of the keys, never a key.</summary>
    [Id(1)] public required ImmutableArray<string> Keys { get; init; }

    /// <summary>Id of the one with which it wraps.</summary>
    [Id(2)] public required string Current { get; init; }
}

/// <summary>Which master keys a process is to hold, and with which it is to wrap: fingerprints, from which nobody finds a key.</summary>
[GenerateSerializer, Immutable, Alias("platform.MasterKeyOrders")]
public sealed record MasterKeyOrders
{
    [Id(0)] public required MasterKeyRotationStep Step { get; init; }

    /// <summary>Wraps.</summary>
    [Id(1)] public required ImmutableArray<byte> Current { get; init; }

    /// <summary>To be held as well, while a rotation is under way; otherwise empty.</summary>
    [Id(2)] public required ImmutableArray<byte> Other { get; init; }

    /// <summary>The index key, wrapped by the master key; empty where it is what follows from the only one.</summary>
    [Id(3)] public required ImmutableArray<byte> IndexKey { get; init; }
}

/// <summary>Key: one of several of a grain without state. For hosts without a database.</summary>
[Alias("platform.IMasterKeyGrain")]
public interface IMasterKeyGrain : IGrainWithStringKey
{
    /// <summary>Says what the caller holds, and is told what it is to hold.</summary>
    [Alias("Report")]
    Task<MasterKeyOrders> ReportAsync(MasterKeyHolder holder, CancellationToken cancellationToken);
}
