using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Orleans.Runtime;
using Platform.State;
using Platform.Users;

namespace Platform.Tests.State;

public sealed class CommittedTests
{
    private sealed class Leaving : Grain;

    [Fact]
    public async Task Commit_WriteUnderWay_ReadersSeeTheOldValue()
    {
        var written = new TaskCompletionSource();
        var storage = Storage();
        storage.WriteStateAsync(Arg.Any<CancellationToken>()).Returns(written.Task);
        var committed = new Committed<StoredUser>(storage, new Leaving(), NullLogger.Instance);
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
        new Committed<StoredUser>(storage, new Leaving(), NullLogger.Instance).Value.ShouldBeNull();
    }

    private static IPersistentState<StoredUser> Storage()
    {
        var storage = Substitute.For<IPersistentState<StoredUser>>();
        storage.RecordExists.Returns(true);
        storage.State = new StoredUser { Email = "old" };
        return storage;
    }
}
