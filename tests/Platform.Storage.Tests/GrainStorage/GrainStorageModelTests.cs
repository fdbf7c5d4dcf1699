using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Storage;
using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

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
    public void AnySequence_BehavesAsTheModel()
    {
        var step =
            from kind in Gen.Elements(Kind.Read, Kind.Write, Kind.Write, Kind.Clear)
            from grain in Gen.Choose(0, Grains - 1)
            from activation in Gen.Choose(0, Activations - 1)
            select new Step(kind, grain, activation);
        var property = Prop.ForAll(Arb.From(Gen.ListOf(step)), steps => Task.Run(() => RunAsync([.. steps])).GetAwaiter().GetResult());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(60), property);
    }

    private async Task RunAsync(IReadOnlyList<Step> steps)
    {
        var run = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");
        var model = new Dictionary<int, (string Name, long Version)>();
        var states = new TestState<StoredSnippet>[Grains, Activations];
        for (var i = 0; i < steps.Count; i++)
        {
            var (kind, grain, activation) = steps[i];
            var state = states[grain, activation] ??= new TestState<StoredSnippet> { State = new StoredSnippet() };
            var id = GrainId.Create("test", $"snp_{run}_{grain}");
            var stored = model.TryGetValue(grain, out var row) ? row.Version.ToString(CultureInfo.InvariantCulture) : null;
            var name = i.ToString(CultureInfo.InvariantCulture);
            switch (kind)
            {
                case Kind.Read:
                    await fixture.Storage.ReadStateAsync("snippet", id, state);
                    state.ETag.ShouldBe(stored);
                    state.RecordExists.ShouldBe(stored is not null);
                    state.State.Name.ShouldBe(stored is null ? "" : row.Name);
                    break;
                case Kind.Write when state.ETag == stored:
                    state.State = new StoredSnippet { Name = name };
                    await fixture.Storage.WriteStateAsync("snippet", id, state);
                    model[grain] = (name, row.Version + 1);
                    state.ETag.ShouldBe(model[grain].Version.ToString(CultureInfo.InvariantCulture));
                    break;
                case Kind.Clear when state.ETag == stored:
                    await fixture.Storage.ClearStateAsync("snippet", id, state);
                    model.Remove(grain);
                    state.ETag.ShouldBeNull();
                    break;
                case Kind.Write:
                    state.State = new StoredSnippet { Name = "must not be stored" };
                    await Should.ThrowAsync<InconsistentStateException>(() => fixture.Storage.WriteStateAsync("snippet", id, state));
                    states[grain, activation] = null!;
                    break;
                case Kind.Clear:
                    await Should.ThrowAsync<InconsistentStateException>(() => fixture.Storage.ClearStateAsync("snippet", id, state));
                    states[grain, activation] = null!;
                    break;
            }
        }
    }

    private sealed record Step(Kind Kind, int Grain, int Activation);
}
