namespace Platform;

/// <summary>For calls that decide whether a request may go on: who asks is told 503 soon, and tries again, where a silo has just been lost.</summary>
public static class ValidationWait
{
    public const string ResponseTimeout = "00:00:03";
}
