using System.Globalization;
using Microsoft.Extensions.Hosting;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.KeyRotation;
using Platform.Security;
using Platform.Silo.Hosting.KeyRotation;
using Platform.Storage;
using Platform.Storage.Beside;

namespace Platform.Silo.Hosting.Commands;

/// <summary>What the command does: writes that there is to be a rotation, and watches it. The silos take the steps.</summary>
internal sealed class RotationRun(
    MasterKeyTable table, MasterKey master, IMasterKeySource source, OtherMasterKeys others, IDatabaseBeside database, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(300);

    /// <summary>A platform that was killed is started again by its supervisor: it has so long before this process takes its place.</summary>
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    public async Task<int> ShowAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await TellAsync(await ReadAsync(cancellationToken), output);
        return 0;
    }

    public async Task<int> CancelAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var secrets = await ReadAsync(cancellationToken);
        if (secrets.Rotation is not { IsUnderWay: true } rotation) throw new StartupException("No rotation of the master key is under way.");
        if (rotation.Step >= MasterKeyRotationStep.Current) throw new StartupException($"Key {rotation.NextId} wraps already: run {RotateMasterKeyCommand.Name} to finish, and rotate again to another key.");
        if (!await table.TrySaveAsync(secrets, rotation with { Step = MasterKeyRotationStep.None, WaitsFor = null }, cancellationToken)) throw new StartupException("The rotation has gone on meanwhile. Look again.");
        await output.WriteLineAsync($"The rotation to key {rotation.NextId} is withdrawn; key {rotation.FormerId} stays. Remove the new key from where you have put it.");
        return 0;
    }

    /// <summary>Begins a rotation, or goes on with the one that is under way.</summary>
    public async Task AnnounceAsync(bool retireNow, TextWriter output, CancellationToken cancellationToken)
    {
        if (master.IsNew) throw new StartupException($"The master key {source.Place} is missing. Name the data directory of the platform, or where its master key is (docs/operations/keys-and-backups.md).");
        while (true)
        {
            var secrets = await ReadAsync(cancellationToken);
            if (secrets.Rotation is { IsUnderWay: true } rotation)
            {
                await output.WriteLineAsync($"A rotation from key {rotation.FormerId} to key {rotation.NextId} is under way; this goes on with it.");
                if (others.OpenConfigured() is { } named && named.Id != rotation.NextId && named.Id != rotation.FormerId) throw new StartupException($"The settings name key {named.Id} as the new one. Name key {rotation.NextId}, or withdraw the rotation (--cancel) while it is not current.");
                if (rotation.RetireNow || !retireNow || await table.TrySaveAsync(secrets, rotation with { RetireNow = true }, cancellationToken)) return;
                continue;
            }

            TidyUp(secrets);
            var next = NextKey(secrets);
            var announced = new MasterKeyRotation
            {
                Step = MasterKeyRotationStep.Announced,
                Next = [.. next.Fingerprint],
                Former = secrets.Current,
                AnnouncedAt = time.GetUtcNow(),
                RetireNow = retireNow,
                StartedBy = MachineAccount.Of(RotateMasterKeyCommand.Name).UserAgent,
            };
            if (!await table.TrySaveAsync(secrets, announced, cancellationToken)) continue;
            await output.WriteLineAsync($"The master key is rotated from key {announced.FormerId} to key {announced.NextId}. Put a safe copy of the new one away: {(others.OpenConfigured() is null ? others.PlaceOf(announced.NextId) : "the settings name it")}.");
            return;
        }
    }

    /// <summary>Prints each step until the platform has gone as far as it can.</summary>
    /// <param name="buildSilo">For where no other process uses the database.</param>
    public async Task<int> FollowAsync(Func<IHost> buildSilo, TextWriter output, CancellationToken cancellationToken)
    {
        (MasterKeyRotationStep Step, string? WaitsFor)? told = null;
        var (isFree, looked, freeSince) = (database.IsFree(), time.GetTimestamp(), (long?)null);
        while (true)
        {
            var rotation = (await ReadAsync(cancellationToken)).Rotation;
            if (rotation is not { IsUnderWay: true } || IsAsFarAsItGoes(rotation))
            {
                var secrets = await ReadAsync(cancellationToken);
                TidyUp(secrets);
                await TellAsync(secrets, output);
                return 0;
            }

            if (told != (rotation.Step, rotation.WaitsFor))
            {
                told = (rotation.Step, rotation.WaitsFor);
                await output.WriteLineAsync(RotationText.Of(rotation.Step) + (rotation.WaitsFor is { } lagging ? $" It waits for {lagging}." : ""));
                await output.FlushAsync(cancellationToken);
            }

            if (isFree) await RunSiloAsync(buildSilo(), cancellationToken);
            else await Task.Delay(Pace, time, cancellationToken);

            isFree = false;
            if (time.GetElapsedTime(looked) < LookEvery) continue;
            looked = time.GetTimestamp();
            freeSince = database.IsFree() ? freeSince ?? looked : null;
            isFree = freeSince is { } since && time.GetElapsedTime(since) >= Restart;
        }
    }

    /// <summary>A silo takes each step that it finds; where another process was quicker to take the database, that one does.</summary>
    private async Task RunSiloAsync(IHost host, CancellationToken cancellationToken)
    {
        await using var disposed = (IAsyncDisposable)host;
        try
        {
            await HostRun.WithAsync(
                host,
                async () =>
                {
                    while (!cancellationToken.IsCancellationRequested && (await ReadAsync(cancellationToken)).Rotation is { IsUnderWay: true } rotation && !IsAsFarAsItGoes(rotation))
                    {
                        await Task.Delay(Pace, time, cancellationToken);
                    }

                    return true;
                },
                cancellationToken);
        }
        catch (StartupException) when (!database.IsFree())
        {
            await Task.Delay(Pace, time, cancellationToken);
        }
    }

    private bool IsAsFarAsItGoes(MasterKeyRotation rotation) => rotation.Step == MasterKeyRotationStep.Former && !rotation.MayRetire(time.GetUtcNow());

    private async Task<MasterKeySecrets> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await table.ReadAsync(cancellationToken);
        }
        catch (StorageUnavailableException unusable)
        {
            throw new StartupException($"The database says nothing of its master key: {unusable.Message} Start this version of the platform on it once before its key is rotated.", unusable);
        }
    }

    /// <summary>Before another one is made: the file of the current key has the name of the first.</summary>
    private void TidyUp(MasterKeySecrets secrets)
    {
        if (secrets.Rotation is { Step: MasterKeyRotationStep.Retired } done) others.TidyUp(done.Next, done.Former, done.RetiredAt ?? done.AnnouncedAt);
    }

    private MasterKeyVersion NextKey(MasterKeySecrets secrets)
    {
        var current = MasterKey.IdOf(secrets.Current);
        if ((master.Versions.Find(secrets.Current) ?? others.Find(secrets.Current)) is not { } own)
        {
            throw new StartupException($"The master key {source.Place} is key {master.Current.Id}, the database has key {current}. Name that one: Platform:MasterKey…, or put it at {others.PlaceOf(current)}.");
        }

        var next = others.OpenConfigured();
        if (next is null && !others.AreOurs)
        {
            throw new StartupException($"The master key {source.Place} is kept by you, so its successor is, too. Make 32 random bytes, put them where every process finds them, and name them: {OtherMasterKeys.FileSetting}, {OtherMasterKeys.Variable} or {OtherMasterKeys.CommandSetting}.");
        }

        next ??= others.MakeBeside(own);
        if (next.Id == current) throw new StartupException($"The settings name key {next.Id} as the new one, which is the current one already. Make another one: 32 random bytes.");
        return next;
    }

    private async Task TellAsync(MasterKeySecrets secrets, TextWriter output)
    {
        await output.WriteLineAsync(RotationText.Of(secrets.Rotation?.Step ?? MasterKeyRotationStep.None));
        await output.WriteLineAsync($"The current key is {MasterKey.IdOf(secrets.Current)}.");
        if (secrets.Rotation is not { } rotation) return;
        if (rotation is { IsUnderWay: true, WaitsFor: { } lagging }) await output.WriteLineAsync($"It waits for {lagging}.");
        if (rotation is { Step: MasterKeyRotationStep.Former, WrappedAt: { } wrapped })
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Key {rotation.FormerId} is retired after {(wrapped + MasterKeyRotation.LongestLink).UtcDateTime:yyyy-MM-dd HH:mm} UTC. Until then every process needs both keys."));
        }

        if (rotation.Step == MasterKeyRotationStep.Retired)
        {
            await output.WriteLineAsync($"Key {rotation.FormerId} is retired. Keep it as long as you keep backups that were made with it{(others.AreOurs ? ": it is beside the key, as retired-…" : "; let the settings name the new key alone")}.");
        }
    }
}
