namespace Platform.Security;

/// <summary>What a wrapped key is for; a key wrapped for one purpose opens for no other.</summary>
public static class KeyPurposes
{
    public const string Token = "token-key";
    public const string AuditSigning = "audit-signing-key";
}
