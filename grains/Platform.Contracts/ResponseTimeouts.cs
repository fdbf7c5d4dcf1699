namespace Platform;

/// <summary>How long callers wait for grain calls to which the usual time does not fit.</summary>
public static class ResponseTimeouts
{
    /// <summary>Calls that hash a password may stand in the hashing queue behind a whole queue of others (row PWHASH); the usual time for an answer is too short for them.</summary>
    public const string Hashing = "00:00:45";

    /// <summary>For calls that decide whether a request may go on: where a silo has just been lost, the caller gets 503 soon and tries again.</summary>
    public const string Validation = "00:00:03";
}
