using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Internal;
using Platform.Security;
using Platform.Tenants;

namespace Platform.KeyRotation;

/// <summary>
/// Takes each step when all that run are as far as that. Where it is stands in the table, and is written on condition that nobody else has: a silo that is killed, or two of this grain for
/// a moment, lose nothing and do nothing twice that matters.
/// </summary>
internal sealed partial class MasterKeyRotationGrain(
    MasterKeyTable table, MasterKeyHolders holders, WrappedRecords records, MasterKey master, IndexKey index, AuditLog audit, TimeProvider time, ILogger<MasterKeyRotationGrain> logger) : Grain, IMasterKeyRotationGrain
{
    /// <summary>As the command is called.</summary>
    public const string Command = "rotate-master-key";

    public async Task<bool> ContinueAsync(CancellationToken cancellationToken)
    {
        var secrets = await table.ReadAsync(cancellationToken);
        if (secrets.Rotation is not { IsUnderWay: true } rotation) return false;
        return rotation.Step switch
        {
            MasterKeyRotationStep.Announced => await StepAsync(secrets, await WaitForKeyAsync(rotation, cancellationToken), rotation with { Step = MasterKeyRotationStep.Held }, cancellationToken),
            MasterKeyRotationStep.Held => await SwitchAsync(secrets, rotation, cancellationToken),
            MasterKeyRotationStep.Current => await StepAsync(
                secrets,
                await holders.FindLaggingAsync(rotation, holder => holder.Current == rotation.NextId, $"does not wrap with key {rotation.NextId} yet", cancellationToken),
                rotation with { Step = MasterKeyRotationStep.Wrapping, WrappingSince = time.GetUtcNow(), Cursor = "" },
                cancellationToken),
            MasterKeyRotationStep.Wrapping => await WrapAsync(secrets, rotation, cancellationToken),
            _ => await RetireAsync(secrets, rotation, cancellationToken),
        };
    }

    private Task<string?> WaitForKeyAsync(MasterKeyRotation rotation, CancellationToken cancellationToken) =>
        holders.FindLaggingAsync(rotation, holder => holder.Keys.Contains(rotation.NextId), $"does not hold key {rotation.NextId} yet", cancellationToken);

    private async Task<bool> StepAsync(MasterKeySecrets secrets, string? lagging, MasterKeyRotation next, CancellationToken cancellationToken)
    {
        if (lagging is null) return await table.TrySaveAsync(secrets, next with { WaitsFor = null }, cancellationToken) && LogStep(next);
        if (secrets.Rotation!.WaitsFor != lagging) await table.TrySaveAsync(secrets, secrets.Rotation with { WaitsFor = lagging }, cancellationToken);
        return false;
    }

    private async Task<bool> SwitchAsync(MasterKeySecrets secrets, MasterKeyRotation rotation, CancellationToken cancellationToken)
    {
        if (await WaitForKeyAsync(rotation, cancellationToken) is { } lagging) return await StepAsync(secrets, lagging, rotation, cancellationToken);
        if (master.Versions.Find(rotation.Next) is not { } key) return false;
        await RecordAsync(AuditActions.MasterKeyRotated, rotation, cancellationToken);
        var next = rotation with { Step = MasterKeyRotationStep.Current, CurrentAt = time.GetUtcNow(), WaitsFor = null };
        return await table.TrySwitchAsync(secrets, next, index.WrapBy(key, named: true), cancellationToken) && LogStep(next);
    }

    private async Task<bool> WrapAsync(MasterKeySecrets secrets, MasterKeyRotation rotation, CancellationToken cancellationToken)
    {
        if (!master.Current.Fingerprint.AsSpan().SequenceEqual(rotation.Next)) return false;
        if (await records.ContinueAsync(rotation.Cursor, cancellationToken) is { } cursor)
        {
            return await table.TrySaveAsync(secrets, rotation with { Cursor = cursor }, cancellationToken);
        }

        var next = rotation with { Step = MasterKeyRotationStep.Former, WrappedAt = time.GetUtcNow(), Cursor = "" };
        return await table.TrySaveAsync(secrets, next, cancellationToken) && LogStep(next);
    }

    /// <summary>Goes through all once more: what a backup has brought back meanwhile would be lost with the key.</summary>
    private async Task<bool> RetireAsync(MasterKeySecrets secrets, MasterKeyRotation rotation, CancellationToken cancellationToken)
    {
        if (!rotation.MayRetire(time.GetUtcNow()) || !master.Current.Fingerprint.AsSpan().SequenceEqual(rotation.Next)) return false;
        if (await records.ContinueAsync(rotation.Cursor, cancellationToken) is { } cursor)
        {
            return await table.TrySaveAsync(secrets, rotation with { Cursor = cursor }, cancellationToken);
        }

        await records.PurgeAsync(rotation.WrappingSince ?? rotation.AnnouncedAt, cancellationToken);
        await RecordAsync(AuditActions.MasterKeyRetired, rotation, cancellationToken);
        var next = rotation with { Step = MasterKeyRotationStep.Retired, RetiredAt = time.GetUtcNow(), Cursor = "" };
        if (!await table.TrySaveAsync(secrets, next, cancellationToken)) return false;
        LogStep(next);
        await table.ForgetHoldersAsync(cancellationToken);
        return true;
    }

    /// <summary>In the log of the operators' tenant. A platform that has none yet has nobody who would read it.</summary>
    private async Task RecordAsync(string action, MasterKeyRotation rotation, CancellationToken cancellationToken)
    {
        if (await GrainFactory.TenantName(Slugs.Platform).ResolveAsync(cancellationToken) is not { } operators) return;
        var client = new ClientInfo(Ip: null, rotation.StartedBy ?? Command);
        await audit.RecordAsync(operators, AuditEntry.ByCommand(
            Command, action, new AuditParty(AuditParties.MasterKey, rotation.NextId), client, AuditChanges.Text("/key", rotation.FormerId, rotation.NextId)));
    }

    private bool LogStep(MasterKeyRotation rotation)
    {
        Stepped(logger, rotation.Step, rotation.FormerId, rotation.NextId);
        return true;
    }

    [LoggerMessage(EventName = "MasterKeyRotationStep", Level = LogLevel.Information, Message = "Rotation of the master key: {Step}, from key {Former} to key {Next}")]
    private static partial void Stepped(ILogger logger, MasterKeyRotationStep step, string former, string next);
}
