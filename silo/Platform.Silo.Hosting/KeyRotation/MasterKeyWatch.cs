using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.KeyRotation;
using Platform.Lifecycle;
using Platform.Security;

namespace Platform.Silo.Hosting.KeyRotation;

/// <summary>
/// On every silo: looks how far the rotation of the master key is, holds the keys that it asks for, says so, and has the next step taken. Whoever began the rotation may be gone.
/// </summary>
internal sealed partial class MasterKeyWatch(
    MasterKeyTable table,
    HeldMasterKeys held,
    ILocalSiloDetails silo,
    IGrainFactory grains,
    IOptions<PlatformOptions> options,
    FatalShutdown end,
    TimeProvider time,
    ILogger<MasterKeyWatch> logger) : PeriodicService(Interval, time), IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string _name = MasterKeyHolders.NameOf(silo.SiloAddress);
    private volatile MasterKeyRotation? _rotation;
    private MasterKeyHolder? _told;
    private long _toldAt;

    protected override bool RunsAtStart => true;

    /// <summary>Healthy however long it takes: both keys open meanwhile. Which step it is stands in the details.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(_rotation is { IsUnderWay: true } rotation ? RotationText.Of(rotation.Step) : null));

    /// <summary>One look. What an earlier one has read would undo what a later one follows, so two never overlap.</summary>
    public Task LookAsync(CancellationToken cancellationToken) => RunAloneAsync(cancellationToken);

    /// <summary>As many steps as can be taken at once.</summary>
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (!await FollowAsync(cancellationToken)) return;
        }
        while (await grains.MasterKeyRotation(options.Value.Environment).ContinueAsync(cancellationToken));
    }

    protected override void LogFailure(Exception failure) => Failed(logger, failure);

    /// <returns>Whether a rotation is under way and this silo takes part in it.</returns>
    private async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        var secrets = await table.ReadAsync(cancellationToken);
        var missing = held.Follow(secrets.ToOrders());
        _rotation = secrets.Rotation;
        if (missing is { IsCurrent: true })
        {
            // Started before it was refused for that. What it wraps nobody would wrap again.
            Left(logger, missing.Id, held.PlaceOf(missing.Id));
            end.Begin();
            return false;
        }

        if (missing is { IsNews: true }) Missing(logger, missing.Id, held.PlaceOf(missing.Id));
        if (secrets.Rotation is { Step: MasterKeyRotationStep.Retired } done) held.TidyUp(done.Next, done.Former, done.RetiredAt ?? done.AnnouncedAt);
        if (secrets.Rotation is not { IsUnderWay: true }) return false;
        await ReportAsync(cancellationToken);
        return true;
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var holder = held.ToHolder(_name);
        if (_told is { } told && told.Current == holder.Current && told.Keys.SequenceEqual(holder.Keys) && Time.GetElapsedTime(_toldAt) < MasterKeyHolders.HostsHeard) return;
        await table.ReportAsync(new HolderRow(holder.Process, IsSilo: true, holder.Keys, holder.Current, Time.GetUtcNow()), cancellationToken);
        (_told, _toldAt) = (holder, Time.GetTimestamp());
    }

    [LoggerMessage(EventName = "MasterKeyMissing", Level = LogLevel.Error, Message = "The master key is to be rotated, and this process lacks key {Key}. Put it where the process finds it: {Place}")]
    private static partial void Missing(ILogger logger, string key, string place);

    [LoggerMessage(EventName = "MasterKeyChangedWithout", Level = LogLevel.Critical, Message = "The master key was rotated, and this process lacks key {Key}: it ends. Put the key where it is found: {Place}; then start the process again")]
    private static partial void Left(ILogger logger, string key, string place);

    [LoggerMessage(EventName = "MasterKeyRotationWaits", Level = LogLevel.Warning, Message = "The rotation of the master key could not go on; the next round tries again")]
    private static partial void Failed(ILogger logger, Exception failure);
}

/// <summary>The steps of a rotation, as operators read them. Nothing in it that everybody may not read.</summary>
internal static class RotationText
{
    public static string Of(MasterKeyRotationStep step) => step switch
    {
        MasterKeyRotationStep.Announced => "The master key is being rotated: processes look for the new key.",
        MasterKeyRotationStep.Held => "The master key is being rotated: all processes hold the new key.",
        MasterKeyRotationStep.Current => "The master key is being rotated: the new key is current.",
        MasterKeyRotationStep.Wrapping => "The master key is being rotated: what lies under the former key is wrapped again.",
        MasterKeyRotationStep.Former => "The master key is being rotated: the former key opens links that were sent, until it is retired.",
        MasterKeyRotationStep.Retired => "The last rotation of the master key is finished.",
        _ => "No rotation of the master key is under way.",
    };
}
