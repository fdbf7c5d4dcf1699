using Platform.Audit;

namespace Platform.Tenants;

/// <summary>What becomes of a tenant.</summary>
/// <param name="Next">Its next state.</param>
/// <param name="Entry">What the access log says of it before it is written.</param>
internal sealed record TenantTransition(StoredTenant Next, AuditEntry Entry);
