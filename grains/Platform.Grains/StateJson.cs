using System.Text.Json.Serialization;
using Platform.ApiKeys;
using Platform.Audit;
using Platform.Notifications;
using Platform.Scenarios;
using Platform.Security;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Support;
using Platform.Tenants;
using Platform.Users;
using Platform.VulnerabilityReports;

namespace Platform;

/// <summary>Every type that grain storage may hold. Member names are for ever; new members need a default.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StoredSession))]
[JsonSerializable(typeof(StoredUser))]
[JsonSerializable(typeof(StoredUserName))]
[JsonSerializable(typeof(StoredTenant))]
[JsonSerializable(typeof(StoredTenantName))]
[JsonSerializable(typeof(StoredSnippet))]
[JsonSerializable(typeof(StoredSnippetScript))]
[JsonSerializable(typeof(StoredScenario))]
[JsonSerializable(typeof(StoredKeyRing))]
[JsonSerializable(typeof(StoredSigningKeys))]
[JsonSerializable(typeof(StoredApiKeys))]
[JsonSerializable(typeof(StoredSupport))]
[JsonSerializable(typeof(StoredNotificationTemplates))]
[JsonSerializable(typeof(StoredVulnerabilityReport))]
internal sealed partial class StateJson : JsonSerializerContext;
