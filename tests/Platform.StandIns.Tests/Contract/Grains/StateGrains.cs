using Orleans;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Storage;

namespace Platform.StandIns.Tests.Contract.Grains;

[GenerateSerializer, Alias("test.Account")]
public sealed class Account
{
    [Id(0)]
    public int Balance { get; set; }

    [Id(1)]
    public List<string> Entries { get; set; } = [];
}

[Alias("test.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    [Alias("Read")]
    Task<int> Balance();

    [Alias("Exists")]
    Task<bool> Exists();

    [Alias("Etag")]
    Task<string?> Etag();

    [Alias("Deposit")]
    Task Deposit(int amount, CancellationToken cancellationToken);

    [Alias("Clear")]
    Task Clear();

    [Alias("Reload")]
    Task<int> ChangeWithoutWriteAndReload();

    [Alias("WriteTwice")]
    Task WriteTwiceAtOnce();

    [Alias("Deactivate")]
    Task Deactivate();

    [Alias("Activation")]
    Task<Guid> Activation();

    [Alias("Outside")]
    Task<Exception?> TouchStateOutsideOfATurn();

    [Alias("Conflict")]
    Task Conflict();

    [Alias("CaughtConflict")]
    Task<Guid> ConflictCaught();
}

public sealed class AccountGrain([PersistentState("account", "counting")] IPersistentState<Account> account) : Grain, IAccountGrain
{
    private readonly Guid _activation = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    public Task<int> Balance() => Task.FromResult(account.State.Balance);

    public Task<bool> Exists() => Task.FromResult(account.RecordExists);

    public Task<string?> Etag() => Task.FromResult(account.Etag);

    public async Task Deposit(int amount, CancellationToken cancellationToken)
    {
        account.State.Balance += amount;
        account.State.Entries.Add($"+{amount}");
        await account.WriteStateAsync(cancellationToken);
    }

    public Task Clear() => account.ClearStateAsync();

    public async Task<int> ChangeWithoutWriteAndReload()
    {
        account.State.Balance = -1;
        await account.ReadStateAsync();
        return account.State.Balance;
    }

    public Task WriteTwiceAtOnce() => Task.WhenAll(account.WriteStateAsync(), account.WriteStateAsync(), account.WriteStateAsync());

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<Guid> Activation() => Task.FromResult(_activation);

    public async Task<Exception?> TouchStateOutsideOfATurn() => await Task.Run(() =>
    {
        try
        {
            _ = account.State.Balance;
            return (Exception?)null;
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    });

    public Task Conflict()
    {
        CountingStorage.ConflictOnNextWrite(this.GetPrimaryKeyString());
        return ((IStorage)account).WriteStateAsync(CancellationToken.None);
    }

    public async Task<Guid> ConflictCaught()
    {
        try
        {
            await Conflict();
        }
        catch (InconsistentStateException)
        {
            return _activation;
        }

        return Guid.Empty;
    }
}

[Alias("test.INamelessGrain")]
public interface IDefaultStorageGrain : IGrainWithStringKey
{
    [Alias("Next")]
    Task<int> Next();

    [Alias("Deactivate")]
    Task Deactivate();
}

public sealed class DefaultStorageGrain([PersistentState("counter")] IPersistentState<Account> counter) : Grain, IDefaultStorageGrain
{
    public async Task<int> Next()
    {
        counter.State.Balance++;
        await counter.WriteStateAsync();
        return counter.State.Balance;
    }

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

[Alias("test.IUnstoredGrain")]
public interface IUnstoredGrain : IGrainWithStringKey
{
    [Alias("Any")]
    Task Any();
}

public sealed class UnstoredGrain([PersistentState("x", "no-such-storage")] IPersistentState<Account> state) : Grain, IUnstoredGrain
{
    public Task Any() => Task.FromResult(state.State);
}
