namespace Platform;

/// <summary>For calls that decide whether a request may go on: where a silo has just been lost, the caller gets 503 soon and tries again.</summary>
public static class ValidationWait
{
    public const string ResponseTimeout = "00:00:03";
}
