using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Platform.State;
using Platform.Users;

namespace Platform.Grains.Tests.State;

public sealed class CommittedTests
{
    [Fact]
    public async Task Commit_WriteUnderWay_ReadersSeeTheOldValue()
    {
        var written = new TaskCompletionSource();
        var storage = Storage();
        storage.WriteStateAsync(Arg.Any<CancellationToken>()).Returns(written.Task);
        var committed = new Committed<StoredUser>(storage, Substitute.For<IGrainContext>(), NullLogger.Instance);
        var commit = committed.CommitAsync(new StoredUser { Email = "new" }, default);
        committed.Value!.Email.ShouldBe("old");
        written.SetResult();
        await commit;
        committed.Value.Email.ShouldBe("new");
    }

    [Fact]
    public void Value_NothingStored_IsNull()
    {
        var storage = Storage();
        storage.RecordExists.Returns(false);
        new Committed<StoredUser>(storage, Substitute.For<IGrainContext>(), NullLogger.Instance).Value.ShouldBeNull();
    }

    [Fact]
    public async Task Commit_WriteFails_OldValueStaysAndActivationEnds()
    {
        var storage = Storage();
        storage.WriteStateAsync(Arg.Any<CancellationToken>()).Returns(Task.FromException(new IOException()));
        var activation = Substitute.For<IGrainContext>();
        var committed = new Committed<StoredUser>(storage, activation, NullLogger.Instance);
        await Should.ThrowAsync<StorageUnavailableException>(() => committed.CommitAsync(new StoredUser { Email = "new" }, default));
        committed.Value!.Email.ShouldBe("old");
        activation.Received().Deactivate(Arg.Any<DeactivationReason>(), Arg.Any<CancellationToken>());
    }

    [Fact]
    public void Facet_ParameterIsAnotherType_IsRefused()
    {
        var parameter = typeof(Misused).GetConstructors()[0].GetParameters()[0];
        var mapper = new CommittedStateMapper(NullLoggerFactory.Instance);
        Should.Throw<ArgumentException>(() => mapper.GetFactory(parameter, new CommittedStateAttribute(StateNames.User))).Message.ShouldContain("Committed<T>");
    }

    private sealed class Misused([CommittedState(StateNames.User)] IPersistentState<StoredUser> state)
    {
        public IPersistentState<StoredUser> State => state;
    }

    private static IPersistentState<StoredUser> Storage()
    {
        var storage = Substitute.For<IPersistentState<StoredUser>>();
        storage.RecordExists.Returns(true);
        storage.State = new StoredUser { Email = "old" };
        return storage;
    }
}
