using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Storage;
using Platform.Snippets;
using Platform.Storage.Tests.Hosting;
using Platform.Users;

namespace Platform.Storage.Tests.GrainStorage;

[Collection(SqliteCollection.Name)]
public sealed class SqliteGrainStorageModelTests(SqliteFixture fixture) : GrainStorageModelTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresGrainStorageModelTests(PostgresFixture fixture) : GrainStorageModelTests(fixture);

/// <summary>Generated sequences by several activations of a few grains, each with an etag of its own, against a dictionary.</summary>
public abstract class GrainStorageModelTests(StorageFixture fixture)
{
    private const int Grains = 3;
    private const int Activations = 3;

    private enum Kind
    {
        Read,
        Write,
        Clear,
    }

    [Fact]
    public void AnySequence_BehavesAsTheModel() =>
        Check("snippet", () => $"snp_{NewId()}", name => new StoredSnippet { Name = name }, state => state.Name);

    [Fact, Trait("Threat", "T52")]
    public void AnySequence_OfAPersonalState_BehavesAsTheModel() =>
        Check("user", () => $"usr_{NewId()}", name => new StoredUser { Username = name }, state => state.Username);

    private void Check<T>(string stateName, Func<string> newKey, Func<string, T> make, Func<T, string> nameOf) where T : class, new()
    {
        var step =
            from kind in Gen.Elements(Kind.Read, Kind.Write, Kind.Write, Kind.Clear)
            from grain in Gen.Choose(0, Grains - 1)
            from activation in Gen.Choose(0, Activations - 1)
            select new Step(kind, grain, activation);
        var property = Prop.ForAll(Arb.From(Gen.ListOf(step)), steps => Task.Run(() => RunAsync([.. steps], stateName, newKey, make, nameOf)).GetAwaiter().GetResult());
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(60), property);
    }

    private static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");

    private async Task RunAsync<T>(IReadOnlyList<Step> steps, string stateName, Func<string> newKey, Func<string, T> make, Func<T, string> nameOf) where T : class, new()
    {
        var keys = Enumerable.Range(0, Grains).Select(_ => newKey()).ToArray();
        var model = new Dictionary<int, (string Name, long Version)>();
        var states = new TestState<T>[Grains, Activations];
        for (var i = 0; i < steps.Count; i++)
        {
            var (kind, grain, activation) = steps[i];
            var state = states[grain, activation] ??= new TestState<T> { State = new T() };
            var id = GrainId.Create("test", keys[grain]);
            var stored = model.TryGetValue(grain, out var row) ? row.Version.ToString(CultureInfo.InvariantCulture) : null;
            var name = i.ToString(CultureInfo.InvariantCulture);
            switch (kind)
            {
                case Kind.Read:
                    await fixture.Storage.ReadStateAsync(stateName, id, state);
                    state.ETag.ShouldBe(stored);
                    state.RecordExists.ShouldBe(stored is not null);
                    nameOf(state.State).ShouldBe(stored is null ? "" : row.Name);
                    break;
                case Kind.Write when state.ETag == stored:
                    state.State = make(name);
                    await fixture.Storage.WriteStateAsync(stateName, id, state);
                    model[grain] = (name, row.Version + 1);
                    state.ETag.ShouldBe(model[grain].Version.ToString(CultureInfo.InvariantCulture));
                    break;
                case Kind.Clear when state.ETag == stored:
                    await fixture.Storage.ClearStateAsync(stateName, id, state);
                    model.Remove(grain);
                    state.ETag.ShouldBeNull();
                    break;
                case Kind.Write:
                    state.State = make("must not be stored");
                    await Should.ThrowAsync<InconsistentStateException>(() => fixture.Storage.WriteStateAsync(stateName, id, state));
                    states[grain, activation] = null!;
                    break;
                case Kind.Clear:
                    await Should.ThrowAsync<InconsistentStateException>(() => fixture.Storage.ClearStateAsync(stateName, id, state));
                    states[grain, activation] = null!;
                    break;
            }
        }
    }

    private sealed record Step(Kind Kind, int Grain, int Activation);
}
