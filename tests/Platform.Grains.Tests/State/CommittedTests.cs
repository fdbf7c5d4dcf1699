using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Orleans.Storage;
using Platform.State;

namespace Platform.Grains.Tests.State;

public sealed class CommittedTests
{
    private readonly Storage _storage = new() { State = new Named { Name = "old" }, ETag = "1" };
    private readonly IGrainContext _activation = Substitute.For<IGrainContext>();

    [Fact]
    public async Task Commit_WriteUnderWay_ReadersSeeTheOldValue()
    {
        var written = new TaskCompletionSource();
        _storage.Writing = () => written.Task;
        var committed = await LoadedAsync();
        var commit = committed.CommitAsync(new Named { Name = "new" }, default);
        committed.Value!.Name.ShouldBe("old");
        written.SetResult();
        await commit;
        committed.Value.Name.ShouldBe("new");
    }

    [Fact]
    public async Task Value_NothingStored_IsNull()
    {
        _storage.State = null;
        (await LoadedAsync()).Value.ShouldBeNull();
    }

    /// <summary>A grain that has forgotten to read its state must not take it for one that is not there.</summary>
    [Fact]
    public async Task Value_BeforeItWasRead_IsRefused()
    {
        var committed = NotLoaded();
        Should.Throw<InvalidOperationException>(() => committed.Value).Message.ShouldContain(StateNames.User);
        await Should.ThrowAsync<InvalidOperationException>(() => committed.CommitAsync(new Named(), default));
        await Should.ThrowAsync<InvalidOperationException>(() => committed.ClearAsync(default));
        _storage.State!.Name.ShouldBe("old");
    }

    /// <summary>Each write names the version that it follows, so that of two activations one fails.</summary>
    [Fact]
    public async Task Commit_EachTime_FollowsTheVersionBefore()
    {
        var committed = await LoadedAsync();
        for (var version = 1; version < 4; version++)
        {
            _storage.ETag.ShouldBe($"{version}");
            await committed.CommitAsync(new Named { Name = $"{version}" }, default);
        }

        await committed.ClearAsync(default);
        (committed.Value, _storage.State).ShouldBe((null, null));
        await committed.CommitAsync(new Named { Name = "again" }, default);
        _storage.State!.Name.ShouldBe("again");
        (await LoadedAsync()).Value!.Name.ShouldBe("again");
    }

    [Fact]
    public async Task Commit_WriteFails_OldValueStaysAndActivationEnds()
    {
        var committed = await LoadedAsync();
        _storage.Writing = () => Task.FromException(new IOException());
        await Should.ThrowAsync<StorageUnavailableException>(() => committed.CommitAsync(new Named { Name = "new" }, default));
        committed.Value!.Name.ShouldBe("old");
        _activation.Received().Deactivate(Arg.Any<DeactivationReason>(), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Commit_AnotherWasFirst_OldValueStaysAndActivationEnds()
    {
        var (committed, other) = (await LoadedAsync(), await LoadedAsync());
        await other.CommitAsync(new Named { Name = "other" }, default);
        await Should.ThrowAsync<StorageUnavailableException>(() => committed.CommitAsync(new Named { Name = "new" }, default));
        await Should.ThrowAsync<StorageUnavailableException>(() => committed.ClearAsync(default));
        (committed.Value!.Name, _storage.State!.Name).ShouldBe(("old", "other"));
        _activation.Received(2).Deactivate(Arg.Any<DeactivationReason>(), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Load_StorageIsAway_IsNotTakenForAnEmptyState()
    {
        _storage.Reading = () => Task.FromException(new StorageUnavailableException());
        var committed = NotLoaded();
        await Should.ThrowAsync<StorageUnavailableException>(() => committed.LoadAsync(default));
        Should.Throw<InvalidOperationException>(() => committed.Value);
    }

    [Fact]
    public void Facet_ParameterIsAnotherType_IsRefused()
    {
        var parameter = typeof(Misused).GetConstructors()[0].GetParameters()[0];
        var mapper = new CommittedStateMapper(new ServiceCollection().BuildServiceProvider(), NullLoggerFactory.Instance);
        Should.Throw<ArgumentException>(() => mapper.GetFactory(parameter, new CommittedStateAttribute(StateNames.User))).Message.ShouldContain("Committed<T>");
    }

    private Committed<Named> NotLoaded() => new(new CommittedStore(_storage, StateNames.User, NullLogger.Instance), _activation);

    private async Task<Committed<Named>> LoadedAsync()
    {
        var committed = NotLoaded();
        await committed.LoadAsync(default);
        return committed;
    }

    private sealed record Named
    {
        public string Name { get; init; } = "";
    }

    private sealed class Misused([CommittedState(StateNames.User)] IPersistentState<Named> state)
    {
        public IPersistentState<Named> State => state;
    }

    /// <summary>One row.</summary>
    private sealed class Storage : IGrainStorage
    {
        public Named? State { get; set; }

        public string? ETag { get; set; }

        public Func<Task> Reading { get; set; } = () => Task.CompletedTask;

        public Func<Task> Writing { get; set; } = () => Task.CompletedTask;

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, default);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, default);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, default);

        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        {
            await Reading();
            (grainState.State, grainState.ETag, grainState.RecordExists) = (State is { } state ? (T)(object)state : grainState.State, ETag, State is not null);
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        {
            await Writing();
            Follow(grainState);
            State = (Named)(object)grainState.State!;
            grainState.RecordExists = true;
        }

        public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        {
            await Writing();
            Follow(grainState);
            State = null;
            grainState.RecordExists = false;
        }

        private void Follow<T>(IGrainState<T> grainState)
        {
            if (grainState.ETag != ETag) throw new InconsistentStateException("Another one was first.", ETag, grainState.ETag);
            grainState.ETag = ETag = $"{int.Parse(ETag ?? "0", CultureInfo.InvariantCulture) + 1}";
        }
    }
}
