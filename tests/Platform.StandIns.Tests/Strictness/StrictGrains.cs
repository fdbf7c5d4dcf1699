using Orleans;
using Orleans.Runtime;

namespace Platform.StandIns.Tests.Strictness;

public sealed class Unmarked
{
    public string Name { get; set; } = "";
}

[GenerateSerializer]
public sealed class Forgetful
{
    [Id(0)]
    public string Kept { get; set; } = "";

    public string Lost { get; set; } = "";
}

[GenerateSerializer]
public sealed class Holder
{
    [Id(0)]
    public Unmarked? Inner { get; set; }
}

[GenerateSerializer]
public sealed class Twins
{
    [Id(0)]
    public string One { get; set; } = "";

    [Id(0)]
    public string Two { get; set; } = "";
}

[GenerateSerializer]
public sealed class WithPrimaryConstructor(string name)
{
    public string Shout() => name.ToUpperInvariant();
}

public sealed class PrivateException(string message) : Exception(message);

public interface IStrictGrain : IGrainWithStringKey
{
    Task TakeUnmarked(Unmarked value);

    Task<Unmarked> GiveUnmarked();

    Task TakeForgetful(Forgetful value);

    Task TakeHolders(List<Holder> values);

    Task TakeTwins(Twins value);

    Task TakePrimary(WithPrimaryConstructor value);

    Task TakeObject(object value);

    Task TakeDelegate(Func<int> value);

    Task TakeItems(IReadOnlyList<int> values);

    Task Fail();

    Task<int> Through(IStrictGrain other);

    Task<int> Back(IStrictGrain first);

    Task<int> Value();
}

public sealed class StrictGrain : Grain, IStrictGrain
{
    public Task TakeUnmarked(Unmarked value) => Task.CompletedTask;

    public Task<Unmarked> GiveUnmarked() => Task.FromResult(new Unmarked());

    public Task TakeForgetful(Forgetful value) => Task.CompletedTask;

    public Task TakeHolders(List<Holder> values) => Task.CompletedTask;

    public Task TakeTwins(Twins value) => Task.CompletedTask;

    public Task TakePrimary(WithPrimaryConstructor value) => Task.CompletedTask;

    public Task TakeObject(object value) => Task.CompletedTask;

    public Task TakeDelegate(Func<int> value) => Task.CompletedTask;

    public Task TakeItems(IReadOnlyList<int> values) => Task.CompletedTask;

    public Task Fail() => throw new PrivateException("from the database");

    public Task<int> Through(IStrictGrain other) => other.Back(this.AsReference<IStrictGrain>());

    public Task<int> Back(IStrictGrain first) => first.Value();

    public Task<int> Value() => Task.FromResult(1);
}

public interface IWrongReturnGrain : IGrainWithStringKey
{
    int Value();
}

public sealed class WrongReturnGrain : Grain, IWrongReturnGrain
{
    public int Value() => 1;
}

public interface IWrongStateGrain : IGrainWithStringKey
{
    Task Any();
}

public sealed class WrongStateGrain([PersistentState("wrong")] IPersistentState<Forgetful> state) : Grain, IWrongStateGrain
{
    public Task Any() => Task.FromResult(state.RecordExists);
}
