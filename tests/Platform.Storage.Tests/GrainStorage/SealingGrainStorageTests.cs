using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Platform.Security;
using Platform.Sessions;
using Platform.State;
using Platform.Storage.Tests.Hosting;
using Platform.Storage.Tests.Tables;
using Platform.Users;

namespace Platform.Storage.Tests.GrainStorage;

/// <summary>The seal by itself, over rows and keys in memory.</summary>
public sealed class SealingGrainStorageTests : IDisposable
{
    private const string Name = "Kanarienvogel";

    private readonly MemoryRows _rows = new();
    private readonly MemoryKeys _keys = new();
    private readonly MasterKey _master = new(new byte[32]);
    private readonly UserId _alice = Samples.New<UserId>();
    private readonly UserId _bob = Samples.New<UserId>();

    public void Dispose() => _master.Dispose();

    [Fact, Trait("Threat", "T52")]
    public async Task Read_AnyBitOfAnyByteFlipped_IsDamageAndNeverAnotherState()
    {
        var storage = Storage();
        await WriteUserAsync(storage, _alice);
        var row = _rows.Of("user", _alice);
        Prop.ForAll(Arb.From(Gen.Choose(0, (row.Sealed.Length * 8) - 1)), bit =>
        {
            var altered = row.Sealed.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            _rows.Put("user", _alice, row with { Sealed = altered });
            Should.Throw<StorageUnavailableException>(() => ReadUserAsync(storage, _alice).GetAwaiter().GetResult());
        }).QuickCheckThrowOnFailure();

        _rows.Put("user", _alice, row);
        (await ReadUserAsync(storage, _alice)).State.Username.ShouldBe(Name);
    }

    /// <summary>That there was no key is believed for a minute where nobody may be, not where a row says otherwise.</summary>
    [Fact]
    public async Task Read_OfAStateThatAnotherNodeMadeAfterARead_IsRead()
    {
        var (here, there) = (Storage(), Storage());
        (await ReadUserAsync(here, _alice)).RecordExists.ShouldBeFalse();
        await WriteUserAsync(there, _alice);
        (await ReadUserAsync(here, _alice)).State.Username.ShouldBe(Name);
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Read_LengthCutOrGrown_IsDamage()
    {
        var storage = Storage();
        await WriteUserAsync(storage, _alice);
        var row = _rows.Of("user", _alice);
        foreach (var bytes in new ReadOnlyMemory<byte>[] { default, row.Sealed[..10], row.Sealed[..^1], new byte[28], (byte[])[.. row.Sealed.Span, 0] })
        {
            _rows.Put("user", _alice, row with { Sealed = bytes });
            await Should.ThrowAsync<StorageUnavailableException>(() => ReadUserAsync(storage, _alice));
        }
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Read_RowOfAnotherPersonGrainOrState_IsDamage()
    {
        var storage = Storage();
        await WriteUserAsync(storage, _alice);
        await WriteUserAsync(storage, _bob);
        var (ofAlice, ofBob) = (_rows.Of("user", _alice), _rows.Of("user", _bob));

        _rows.Put("user", _alice, ofBob);
        await Should.ThrowAsync<StorageUnavailableException>(() => ReadUserAsync(storage, _alice), "another person's row");
        _rows.Put("user", _alice, ofBob with { Subject = _alice.ToString() });
        await Should.ThrowAsync<StorageUnavailableException>(() => ReadUserAsync(storage, _alice), "relabelled");
        _rows.Put("another", _alice, ofAlice);
        await Should.ThrowAsync<StorageUnavailableException>(() => storage.ReadStateAsync("another", Id(_alice), new TestState<StoredUser>()), "another state's row");
        _rows.Put("user", _alice, new SealedState());
        await Should.ThrowAsync<StorageUnavailableException>(() => ReadUserAsync(storage, _alice), "a row from before it was sealed");

        var (one, two) = (Samples.New<SessionId>(), Samples.New<SessionId>());
        await storage.WriteStateAsync("session", Id(one), new TestState<StoredSession> { State = new StoredSession { UserId = _alice } });
        _rows.Put("session", two, _rows.Of("session", one));
        await Should.ThrowAsync<StorageUnavailableException>(() => storage.ReadStateAsync("session", Id(two), new TestState<StoredSession>()), "another session of the same person");
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Read_KeyDestroyed_IsAbsentForGoodAndTheRowGoes()
    {
        var keys = _keys.With(_master);
        var storage = Storage(keys);
        await WriteUserAsync(storage, _alice);
        await WriteUserAsync(storage, _bob);
        var copy = _rows.Of("user", _alice);
        var session = Samples.New<SessionId>();
        var opened = new TestState<StoredSession> { State = new StoredSession { UserId = _alice } };
        await storage.WriteStateAsync("session", Id(session), opened);

        await keys.DestroyAsync(_alice.ToString(), default);

        await Should.ThrowAsync<StorageUnavailableException>(() => storage.WriteStateAsync("session", Id(session), opened), "an activation that lived on");
        (await ReadUserAsync(storage, _alice)).RecordExists.ShouldBeFalse();
        _rows.Find("user", _alice).ShouldBeNull();
        var revived = new TestState<StoredUser> { State = new StoredUser { Username = Name } };
        await Should.ThrowAsync<StorageUnavailableException>(() => storage.WriteStateAsync("user", Id(_alice), revived));
        _rows.Find("user", _alice).ShouldBeNull();

        // A copy from before comes back.
        _rows.Put("user", _alice, copy);
        (await ReadUserAsync(Storage(), _alice)).RecordExists.ShouldBeFalse();
        var state = new TestState<StoredSession>();
        await storage.ReadStateAsync("session", Id(session), state);
        state.RecordExists.ShouldBeFalse();
        (await ReadUserAsync(storage, _bob)).State.Username.ShouldBe(Name);
    }

    [Fact, Trait("Fault", "F16")]
    public async Task Read_KeyMissingOrWrappedByAnotherMasterKey_IsDamageNotAbsence()
    {
        await WriteUserAsync(Storage(), _alice);

        using var other = new MasterKey([.. Enumerable.Repeat((byte)1, 32)]);
        var underAnother = Storage(_keys.With(other));
        await Should.ThrowAsync<StorageUnavailableException>(() => ReadUserAsync(underAnother, _alice));
        _keys.Lose();
        await Should.ThrowAsync<StorageUnavailableException>(() => ReadUserAsync(Storage(), _alice));

        _rows.Find("user", _alice).ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T2")]
    public async Task Read_UserThereOrNot_AsksTheSame()
    {
        await WriteUserAsync(Storage(), _alice);
        var storage = Storage();
        var asked = _keys.Reads;

        await ReadUserAsync(storage, _alice);
        (_keys.Reads - asked).ShouldBe(1);
        await ReadUserAsync(storage, _bob);
        (_keys.Reads - asked).ShouldBe(2);
        await ReadUserAsync(storage, _alice);
        await ReadUserAsync(storage, _bob);
        (_keys.Reads - asked).ShouldBe(2, "both are remembered");
    }

    [Fact]
    public async Task Write_KeyKnown_AsksNothingAndMakesTheKeyOnce()
    {
        var storage = Storage();
        var state = new TestState<StoredUser> { State = new StoredUser { Username = Name } };
        await storage.WriteStateAsync("user", Id(_alice), state);
        var (reads, writes) = (_keys.Reads, _keys.Writes);
        writes.ShouldBe(1);

        for (var i = 0; i < 10; i++) await storage.WriteStateAsync("user", Id(_alice), state);
        await storage.WriteStateAsync("session", Id(Samples.New<SessionId>()), new TestState<StoredSession> { State = new StoredSession { UserId = _alice } });

        (_keys.Reads, _keys.Writes).ShouldBe((reads, writes));
    }

    private static GrainId Id<TId>(TId id) where TId : struct => GrainId.Create("test", id.ToString()!);

    /// <summary>As of a process that knows no key yet.</summary>
    private SealingGrainStorage Storage(DataKeys? keys = null) => new(
        _rows,
        new AlertingSerializer(new StateSerializer(), NullLogger<AlertingSerializer>.Instance),
        _keys.PersonalWith(_master, keys));

    private static Task WriteUserAsync(SealingGrainStorage storage, UserId user) =>
        storage.WriteStateAsync("user", Id(user), new TestState<StoredUser> { State = new StoredUser { Username = Name } });

    private static async Task<TestState<StoredUser>> ReadUserAsync(SealingGrainStorage storage, UserId user)
    {
        var state = new TestState<StoredUser>();
        await storage.ReadStateAsync("user", Id(user), state);
        return state;
    }

    /// <summary>Sealed rows only: anything else that reaches it fails the test.</summary>
    private sealed class MemoryRows : IGrainStorage
    {
        private readonly Dictionary<string, SealedState> _rows = new(StringComparer.Ordinal);

        public SealedState Of<TId>(string state, TId id) where TId : struct => _rows[$"{state}/{id}"];

        public SealedState? Find<TId>(string state, TId id) where TId : struct => _rows.GetValueOrDefault($"{state}/{id}");

        public void Put<TId>(string state, TId id, SealedState row) where TId : struct => _rows[$"{state}/{id}"] = row;

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var found = _rows.TryGetValue($"{stateName}/{grainId.Key}", out var row);
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)(object)(row ?? new SealedState()), found ? "1" : null, found);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _rows[$"{stateName}/{grainId.Key}"] = (SealedState)(object)grainState.State!;
            (grainState.ETag, grainState.RecordExists) = ("1", true);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _rows.Remove($"{stateName}/{grainId.Key}");
            (grainState.ETag, grainState.RecordExists) = (null, false);
            return Task.CompletedTask;
        }
    }
}
