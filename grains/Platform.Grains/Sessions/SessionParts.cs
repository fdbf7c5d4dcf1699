using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Internal;

namespace Platform.Sessions;

/// <summary>What all sessions of a process share, as one object: a million of them would keep a reference to each of its members otherwise.</summary>
internal sealed record SessionParts(
    LiveSessions Sessions,
    SessionReader Reader,
    SessionReplication Replication,
    ActivityWriter Activity,
    SessionTable Table,
    AuditLog Audit,
    LiveTenantLookup Tenants,
    TimeProvider Time,
    ILogger<SessionGrain> Logger);
