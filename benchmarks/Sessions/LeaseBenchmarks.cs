using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Platform.Cluster;
using Platform.Replicas;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Benchmarks.Sessions;

/// <summary>What asking for the lease of a cluster's node adds to a look at the record, against a process that is alone; and what a look at a replica costs, which also asks for the owner's clock.</summary>
public class LeaseBenchmarks
{
    private const int Count = 1024;

    private static readonly byte[] Hash = SHA256.HashData([1]);
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly LiveSession[] _alone = Sessions(MembershipLease.ForEver);
    private readonly LiveSession[] _leased = Sessions(Held());
    private readonly SessionReplica[] _replicas;

    public LeaseBenchmarks()
    {
        var holder = new ReplicaHolder<SessionReplicaState>(Guid.CreateVersion7(Time.GetUtcNow()), _ => { }, Time);
        holder.TryAccept(new() { Incarnation = 1, First = 1, Lease = TimeSpan.FromDays(1), Now = Time.GetUtcNow() }, Time.GetTimestamp());
        _replicas = [.. Sessions(holder.Lease).Select(session => new SessionReplica(session, source: null!, holder, Time.GetUtcNow()))];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int PeekAlone() => Peek(_alone);

    [Benchmark(OperationsPerInvoke = Count)]
    public int PeekUnderALease() => Peek(_leased);

    [Benchmark(OperationsPerInvoke = Count)]
    public int PeekByReplica()
    {
        var live = 0;
        foreach (var replica in _replicas)
        {
            if (replica.TryGetTime(Time.GetUtcNow(), out var now) && replica.Session.Peek(Hash, null, now) == SessionState.Live) live++;
        }

        return live == Count ? live : throw new InvalidOperationException($"{Count - live} sessions were not live.");
    }

    private static int Peek(LiveSession[] sessions)
    {
        var live = 0;
        foreach (var session in sessions)
        {
            if (session.Peek(Hash, null, Time.GetUtcNow()) == SessionState.Live) live++;
        }

        return live == Count ? live : throw new InvalidOperationException($"{Count - live} sessions were not live.");
    }

    private static MembershipLease Held()
    {
        var lease = new MembershipLease(Time);
        lease.HoldUntil(Time.GetTimestamp() + (long)(TimeSpan.FromDays(1).TotalSeconds * Time.TimestampFrequency));
        return lease;
    }

    private static LiveSession[] Sessions(MembershipLease lease)
    {
        var (board, now) = (new LiveSessions(lease), Time.GetUtcNow());
        var tenant = new LiveTenants().Publish(default, new TenantPolicySnapshot
        {
            Revision = 1,
            Policy = new SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)),
            Epoch = 0,
            IdleCutoff = default,
            AbsoluteCutoff = default,
            Roles = [],
        });
        return [.. Enumerable.Range(0, Count).Select(_ => new LiveSession(
            board,
            tenant,
            SessionId.From(Guid.CreateVersion7(now)),
            new StoredSession { SecretHash = [.. Hash], AbsoluteTimeout = TimeSpan.FromDays(1), CreatedAt = now, AuthenticationMethods = ["pwd"] },
            new SessionSubject("alice", Permissions.Read),
            now))];
    }
}
