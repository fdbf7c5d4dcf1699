using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Platform.State;

namespace Platform.Grains.Tests.State;

public sealed class CommittedTests
{
    [Fact]
    public async Task Commit_WriteUnderWay_ReadersSeeTheOldValue()
    {
        var written = new TaskCompletionSource();
        var storage = Storage();
        storage.WriteStateAsync(Arg.Any<CancellationToken>()).Returns(written.Task);
        var committed = new Committed<Named>(storage, Substitute.For<IGrainContext>(), NullLogger.Instance);
        var commit = committed.CommitAsync(new Named { Name = "new" }, default);
        committed.Value!.Name.ShouldBe("old");
        written.SetResult();
        await commit;
        committed.Value.Name.ShouldBe("new");
    }

    [Fact]
    public void Value_NothingStored_IsNull()
    {
        var storage = Storage();
        storage.RecordExists.Returns(false);
        new Committed<Named>(storage, Substitute.For<IGrainContext>(), NullLogger.Instance).Value.ShouldBeNull();
    }

    [Fact]
    public async Task Commit_WriteFails_OldValueStaysAndActivationEnds()
    {
        var storage = Storage();
        storage.WriteStateAsync(Arg.Any<CancellationToken>()).Returns(Task.FromException(new IOException()));
        var activation = Substitute.For<IGrainContext>();
        var committed = new Committed<Named>(storage, activation, NullLogger.Instance);
        await Should.ThrowAsync<StorageUnavailableException>(() => committed.CommitAsync(new Named { Name = "new" }, default));
        committed.Value!.Name.ShouldBe("old");
        activation.Received().Deactivate(Arg.Any<DeactivationReason>(), Arg.Any<CancellationToken>());
    }

    [Fact]
    public void Facet_ParameterIsAnotherType_IsRefused()
    {
        var parameter = typeof(Misused).GetConstructors()[0].GetParameters()[0];
        var mapper = new CommittedStateMapper(NullLoggerFactory.Instance);
        Should.Throw<ArgumentException>(() => mapper.GetFactory(parameter, new CommittedStateAttribute(StateNames.User))).Message.ShouldContain("Committed<T>");
    }

    /// <summary>Public, so that a substitute of its storage can be made.</summary>
    public sealed record Named
    {
        public string Name { get; init; } = "";
    }

    private sealed class Misused([CommittedState(StateNames.User)] IPersistentState<Named> state)
    {
        public IPersistentState<Named> State => state;
    }

    private static IPersistentState<Named> Storage()
    {
        var storage = Substitute.For<IPersistentState<Named>>();
        storage.RecordExists.Returns(true);
        storage.State = new Named { Name = "old" };
        return storage;
    }
}
