namespace Platform;

/// <summary>Calls that hash a password may stand in the hashing lane behind a whole queue of others (row PWHASH); the usual time for an answer is too short for them.</summary>
public static class HashingWait
{
    public const string ResponseTimeout = "00:00:45";
}
