namespace Platform.State;

/// <summary>A state of which rows are written for others to search. The state decides, the rows show; the counts say after a failure whether the rows are behind.</summary>
internal interface IProjectedState<TSelf> where TSelf : class, IProjectedState<TSelf>
{
    /// <summary>Counts changes of what the rows show.</summary>
    int Version { get; }

    /// <summary>The version that the rows are known to show; behind <see cref="Version"/> after a failure, and mended at the next activation.</summary>
    int ListedVersion { get; }

    TSelf WithVersions(int version, int listedVersion);
}
