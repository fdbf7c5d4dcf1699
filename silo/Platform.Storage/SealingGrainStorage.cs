using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Orleans.Storage;
using Platform.Security;
using Platform.State;

namespace Platform.Storage;

/// <summary>
/// Stands before the storage of either database: states about one person (<see cref="IPersonalState"/>) reach it sealed under that person's data key, bound to state
/// name and grain key, so that they open in no other row. Etags and conflicts are the inner storage's. Other states pass by.
/// </summary>
/// <remarks>
/// Where the key was destroyed the state is as absent, its row goes, and nothing can be written in its place. A key that is missing without having been
/// destroyed is damage: the grain refuses to work.
/// </remarks>
internal sealed class SealingGrainStorage(IGrainStorage inner, AlertingSerializer serializer, PersonalData personal) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (!IsPersonal<T>())
        {
            await inner.ReadStateAsync(stateName, grainId, grainState, cancellationToken);
            return;
        }

        var row = new Row();
        var key = grainId.Key.ToString()!;
        if (UserId.TryParse(key, out _))
        {
            // Beside the row, not after it: the same work whether there is such a user (row LOGIN).
            await Task.WhenAll(inner.ReadStateAsync(stateName, grainId, row, cancellationToken), personal.KeysAsync([key], cancellationToken).AsTask());
        }
        else
        {
            await inner.ReadStateAsync(stateName, grainId, row, cancellationToken);
        }

        var opened = row.RecordExists ? await OpenAsync<T>(stateName, key, row.State, cancellationToken) : default;
        if (opened.Erased) await inner.ClearStateAsync(stateName, grainId, row, cancellationToken);
        (grainState.State, grainState.ETag, grainState.RecordExists) = opened.Plain is { } plain
            ? (Deserialize<T>(stateName, plain), row.ETag, true)
            : (EmptyState.Create<T>(), null, false);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (grainState.State is not IPersonalState about)
        {
            await inner.WriteStateAsync(stateName, grainId, grainState, cancellationToken);
            return;
        }

        var key = grainId.Key.ToString()!;
        var subject = about.Subject?.ToString() ?? key;
        var sealedBytes = await personal.SealAsync(subject, serializer.Serialize(grainState.State).ToMemory(), ContextOf(stateName, key), cancellationToken);
        var row = new Row { State = new SealedState { Subject = subject, Sealed = sealedBytes }, ETag = grainState.ETag, RecordExists = grainState.RecordExists };
        await inner.WriteStateAsync(stateName, grainId, row, cancellationToken);
        (grainState.ETag, grainState.RecordExists) = (row.ETag, row.RecordExists);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (!IsPersonal<T>())
        {
            await inner.ClearStateAsync(stateName, grainId, grainState, cancellationToken);
            return;
        }

        var row = new Row { ETag = grainState.ETag, RecordExists = grainState.RecordExists };
        await inner.ClearStateAsync(stateName, grainId, row, cancellationToken);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (EmptyState.Create<T>(), row.ETag, row.RecordExists);
    }

    private static bool IsPersonal<T>() => typeof(IPersonalState).IsAssignableFrom(typeof(T));

    /// <summary>To which a state is bound: it opens in no other row.</summary>
    internal static string ContextOf(string stateName, string key) => $"grain-state:{stateName}/{key}";

    private async Task<OpenedData> OpenAsync<T>(string stateName, string key, SealedState stored, CancellationToken cancellationToken)
    {
        var keys = await personal.OpeningKeysAsync([stored.Subject], cancellationToken);
        var opened = PersonalData.Open(keys, stored.Subject, stored.Sealed.Span, ContextOf(stateName, key));
        if (opened is not { Plain: null, Erased: false }) return opened;
        serializer.Alert<T>(new CryptographicException("Its data key is missing or another one, or it was altered."));
        throw Unreadable(stateName);
    }

    private T Deserialize<T>(string stateName, byte[] plain)
    {
        try
        {
            return serializer.Deserialize<T>(new BinaryData(plain))!;
        }
        catch (UnreadableStateException)
        {
            throw Unreadable(stateName);
        }
    }

    // Without the cause, which does not cross a grain call; it is in the log.
    private static StorageUnavailableException Unreadable(string stateName) => new($"A stored '{stateName}' cannot be read.");

    private sealed class Row : IGrainState<SealedState>
    {
        [AllowNull]
        public SealedState State { get => field; set => field = value ?? new SealedState(); } = new();

        public string? ETag { get; set; }
        public bool RecordExists { get; set; }
    }
}
