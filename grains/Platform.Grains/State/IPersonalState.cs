namespace Platform.State;

/// <summary>A stored state that is about one person. It lies in storage under that person's data key and is unreadable when that is destroyed (decision 53).</summary>
internal interface IPersonalState
{
    /// <summary>Whom it is about; null: the user whose id is the grain's key. Never changes.</summary>
    UserId? Subject { get; }
}
