namespace Platform.Sessions;

/// <summary>Which sessions of a user a list shows: those for which all that is given holds.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionFilter")]
public sealed record SessionFilter
{
    public static readonly SessionFilter All = new();

    /// <summary>True: those that can be used now; false: those that have ended.</summary>
    [Id(0)] public bool? Live { get; init; }

    /// <summary>Those that began at an address of this block, in CIDR form; an address stands for itself.</summary>
    [Id(1)] public string? Network { get; init; }
}
