namespace Platform.State;

/// <summary>
/// Name of the grain storage and of each grain's state. A state name is unique per grain class: the ADO.NET provider's row key holds it
/// instead of the class, so two classes with one name and key would share a row.
/// </summary>
internal static class StateNames
{
    /// <summary>The one named grain storage.</summary>
    public const string Storage = "platform";

    public const string Session = "session";
    public const string User = "user";
    public const string UserName = "user_name";
    public const string Tenant = "tenant";
    public const string TenantName = "tenant_name";
    public const string Snippet = "snippet";
    public const string SnippetScript = "snippet_script";
    public const string Scenario = "scenario";
    public const string KeyRing = "key_ring";
    public const string ApiKeys = "api_keys";
    public const string Support = "support";
    public const string NotificationTemplates = "notification_templates";
    public const string AuditSigning = "audit_signing";
    public const string VulnerabilityReport = "vulnerability_report";
}
