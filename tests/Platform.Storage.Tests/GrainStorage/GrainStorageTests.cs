using System.Text;
using System.Text.Json;
using Orleans.Storage;
using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.GrainStorage;

[Collection(SqliteCollection.Name)]
public sealed class SqliteGrainStorageTests(SqliteFixture fixture) : GrainStorageTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresGrainStorageTests(PostgresFixture fixture) : GrainStorageTests(fixture);

/// <summary>What grains may rely on, whichever database is below.</summary>
public abstract class GrainStorageTests(StorageFixture fixture)
{
    private const string StateName = "snippet";

    private readonly string _key = NewKey();

    [Fact]
    public async Task Read_NothingStored_HasNoEtag()
    {
        var state = await ReadAsync(_key);

        state.RecordExists.ShouldBeFalse();
        state.ETag.ShouldBeNull();
        state.State.ShouldNotBeNull();
    }

    [Fact]
    public async Task Write_ThenRead_IsTheSame()
    {
        var written = Named("Grüße, 世界 \"quoted\" \u0001");
        await WriteAsync(_key, written);

        var read = await ReadAsync(_key);

        read.State.ShouldBe(written.State);
        read.ETag.ShouldBe(written.ETag);
        read.RecordExists.ShouldBeTrue();
    }

    [Fact]
    public async Task Write_EachTime_MovesTheEtag()
    {
        var state = Named("one");
        await WriteAsync(_key, state);
        var first = state.ETag;
        state.State = state.State with { Name = "two" };
        await WriteAsync(_key, state);

        state.ETag.ShouldNotBe(first);
        (await ReadAsync(_key)).State.Name.ShouldBe("two");
    }

    [Fact]
    public async Task Write_FirstWriteWhereARowExists_IsRefused()
    {
        await WriteAsync(_key, Named("first"));

        await Should.ThrowAsync<InconsistentStateException>(() => WriteAsync(_key, Named("second")));

        (await ReadAsync(_key)).State.Name.ShouldBe("first");
    }

    [Fact]
    [Trait("Fault", "F15")]
    public async Task Write_OldEtag_IsRefused()
    {
        var winner = Named("one");
        await WriteAsync(_key, winner);
        var loser = await ReadAsync(_key);
        await WriteAsync(_key, winner);

        await Should.ThrowAsync<InconsistentStateException>(() => WriteAsync(_key, loser));
    }

    [Fact]
    public async Task Write_EtagOfAClearedRow_IsRefused()
    {
        var state = Named("one");
        await WriteAsync(_key, state);
        var other = await ReadAsync(_key);
        await ClearAsync(_key, state);

        await Should.ThrowAsync<InconsistentStateException>(() => WriteAsync(_key, other));
    }

    [Fact]
    public async Task Clear_RemovesTheRow()
    {
        var state = Named("one");
        await WriteAsync(_key, state);

        await ClearAsync(_key, state);

        state.ETag.ShouldBeNull();
        state.RecordExists.ShouldBeFalse();
        state.State.Name.ShouldBe("");
        (await fixture.PayloadsAsync(_key)).ShouldBeEmpty();
        (await ReadAsync(_key)).RecordExists.ShouldBeFalse();
    }

    [Fact]
    public async Task Clear_ThenWrite_BeginsAnew()
    {
        var state = Named("one");
        await WriteAsync(_key, state);
        await ClearAsync(_key, state);
        state.State = new StoredSnippet { Name = "two" };
        await WriteAsync(_key, state);

        (await ReadAsync(_key)).State.Name.ShouldBe("two");
    }

    [Fact]
    public async Task Clear_OldEtag_IsRefused()
    {
        var state = Named("one");
        await WriteAsync(_key, state);
        var old = await ReadAsync(_key);
        await WriteAsync(_key, state);

        await Should.ThrowAsync<InconsistentStateException>(() => ClearAsync(_key, old));

        (await ReadAsync(_key)).RecordExists.ShouldBeTrue();
    }

    [Fact]
    public async Task Clear_NeverReadWhereARowExists_IsRefused()
    {
        await WriteAsync(_key, Named("one"));

        await Should.ThrowAsync<InconsistentStateException>(() => ClearAsync(_key, new TestState<StoredSnippet> { State = new() }));

        (await ReadAsync(_key)).State.Name.ShouldBe("one");
    }

    [Fact]
    public async Task Clear_NothingStored_DoesNothing()
    {
        await ClearAsync(_key, new TestState<StoredSnippet> { State = new() });

        (await ReadAsync(_key)).RecordExists.ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T47")]
    public async Task Keys_ThatLookAlike_AreDifferentRows()
    {
        var unique = NewKey()[4..];
        string[] names = ["1", "01", "0x1", "AB", "ab", "fade", "0fade", unique, unique.ToUpperInvariant(), Guid.ParseExact(unique, "N").ToString("D"), "a/b", "a%2Fb", "a b", "ä", "a\u0308"];
        var keys = names.Select(name => $"tnm_{unique}_{name}").ToArray();
        foreach (var key in keys) await WriteAsync(key, Named(key));

        foreach (var key in keys) (await ReadAsync(key)).State.Name.ShouldBe(key);
    }

    [Fact]
    public async Task StateNames_WithOneKey_AreDifferentRows()
    {
        await fixture.Storage.WriteStateAsync("one", Id(_key), Named("one"));
        await fixture.Storage.WriteStateAsync("two", Id(_key), Named("two"));

        var state = new TestState<StoredSnippet>();
        await fixture.Storage.ReadStateAsync("one", Id(_key), state);
        state.State.Name.ShouldBe("one");
    }

    [Fact]
    public async Task Write_ManyClientsRaceForTheFirstWrite_OneWinsEachKey()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => NewKey()).ToArray();
        var wins = new int[keys.Length];
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (client, _) =>
        {
            for (var i = 0; i < keys.Length; i++)
            {
                try
                {
                    await WriteAsync(keys[i], Named($"client {client}"));
                    Interlocked.Increment(ref wins[i]);
                }
                catch (InconsistentStateException)
                {
                    // Another client was first.
                }
            }
        });

        wins.ShouldAllBe(count => count == 1);
        foreach (var key in keys) (await fixture.PayloadsAsync(key)).Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T83")]
    public async Task Payload_IsJsonWithoutTypeNames()
    {
        await WriteAsync(_key, Named("plain"));

        var text = Encoding.UTF8.GetString((await fixture.PayloadsAsync(_key)).ShouldHaveSingleItem());

        using var json = JsonDocument.Parse(text);
        json.RootElement.GetProperty("name").GetString().ShouldBe("plain");
        text.ShouldNotContain("$type");
        text.ShouldNotContain(nameof(StoredSnippet));
        text.ShouldNotContain("Platform");
    }

    [Fact]
    [Trait("Threat", "T83")]
    public async Task Read_RowThatNamesAType_BuildsNoneOfIt()
    {
        await WriteAsync(_key, Named("plain"));
        await fixture.OverwriteAsync(_key, """{"$type":"System.IO.FileInfo, System.Private.CoreLib","originalPath":"x","name":"y"}"""u8.ToArray());

        var state = await ReadAsync(_key);

        state.State.ShouldBeOfType<StoredSnippet>().Name.ShouldBe("y");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"name\":")]
    [InlineData("{\"name\":7}")]
    [InlineData("\u0000\u0001\u0002")]
    [Trait("Fault", "F16")]
    public async Task Read_CorruptRow_FailsThatGrainOnly(string payload)
    {
        var other = NewKey();
        await WriteAsync(_key, Named("one"));
        await WriteAsync(other, Named("two"));
        await fixture.OverwriteAsync(_key, Encoding.UTF8.GetBytes(payload));

        var failure = await Should.ThrowAsync<StorageUnavailableException>(() => ReadAsync(_key));

        failure.InnerException.ShouldBeNull("the cause does not cross a grain call");
        (await ReadAsync(other)).State.Name.ShouldBe("two");
        (await fixture.Health.IsHealthyAsync(CancellationToken.None)).ShouldBeTrue();
    }

    private static string NewKey() => SnippetId.From(Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToString();

    private static GrainId Id(string key) => GrainId.Create("test", key);

    private static TestState<StoredSnippet> Named(string name) => new() { State = new StoredSnippet { Name = name } };

    private async Task<TestState<StoredSnippet>> ReadAsync(string key)
    {
        var state = new TestState<StoredSnippet>();
        await fixture.Storage.ReadStateAsync(StateName, Id(key), state);
        return state;
    }

    private Task WriteAsync(string key, TestState<StoredSnippet> state) => fixture.Storage.WriteStateAsync(StateName, Id(key), state);

    private Task ClearAsync(string key, TestState<StoredSnippet> state) => fixture.Storage.ClearStateAsync(StateName, Id(key), state);
}
