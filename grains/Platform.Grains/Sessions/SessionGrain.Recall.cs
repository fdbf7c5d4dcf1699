namespace Platform.Sessions;

/// <summary>A record that was taken back because its grain may not have heard everything (<see cref="SessionRecall"/>) is made anew before the next look.</summary>
public sealed partial class SessionGrain
{
    private Task? _renewal;
    private bool _leaving;

    private bool IsRecalled => _live is not null && _live.Evaluate(_time.GetUtcNow()) is null;

    private async Task<SessionCheck> RenewedAsync(Func<Task<SessionCheck>> look)
    {
        await RenewAsync();
        return await look();
    }

    /// <summary>Looks interleave: those that come meanwhile wait for the same reading.</summary>
    private async Task RenewAsync()
    {
        if (!IsRecalled) return;
        if (_leaving) throw Leaving();
        var renewal = _renewal ??= ReadAgainAsync(_live!);
        try
        {
            await renewal;
        }
        finally
        {
            if (_renewal == renewal) _renewal = null;
        }
    }

    private async Task ReadAgainAsync(LiveSession recalled)
    {
        var fresh = _state.Value is { EndedAt: null } stored ? await ReadAsync(stored, recalled.Tenant, recalled.RecalledActivity, CancellationToken.None) : null;
        if (_leaving || _live != recalled) throw Leaving();
        _live = null;
        if (fresh is not null) Hold(fresh);
    }

    private static StorageUnavailableException Leaving() => new("The session is leaving memory; ask again.");
}
