using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Postgres;

/// <summary>
/// The keys of a row as Orleans computes them, noted once: a new version of Orleans that computes them otherwise shows here and not as lost state.
/// </summary>
[Collection(PostgresCollection.Name)]
public sealed class RowKeyTests(PostgresFixture fixture)
{
    [Theory]
    [InlineData("session", "ses_0192f3c4a5b67c8d9e0f112233445566", "-537738291 0 0 356260177 session ses_0192f3c4a5b67c8d9e0f112233445566 tests")]
    [InlineData("tenant_name", "tnm_fade", "-1201988458 0 0 -230004414 tenant_name tnm_fade tests")]
    [InlineData("user_name", "unm_ten_0192f3c4a5b67c8d9e0f112233445566/zoë", "-50195090 0 0 1549487060 user_name unm_ten_0192f3c4a5b67c8d9e0f112233445566/zoë tests")]
    public async Task Row_HasTheKeyThatOrleansComputes(string stateName, string key, string expected)
    {
        var id = GrainId.Create("any", key);
        var state = new TestState<StoredSnippet>();
        await fixture.Storage.ReadStateAsync(stateName, id, state);
        await fixture.Storage.WriteStateAsync(stateName, id, state);

        await using var command = fixture.Admin.CreateCommand(
            """
            SELECT concat_ws(' ', grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid)
            FROM orleansstorage WHERE graintypestring = $1 AND grainidextensionstring = $2
            """);
        command.Parameters.AddWithValue(stateName);
        command.Parameters.AddWithValue(key);
        (await command.ExecuteScalarAsync()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("01")]
    [InlineData("fade")]
    [InlineData("1+extension")]
    [InlineData("0192f3c4a5b67c8d9e0f112233445566")]
    [InlineData("0192F3C4A5B67C8D9E0F112233445566")]
    [Trait("Threat", "T47")]
    public async Task Key_ThatTheProviderWouldMergeWithAnother_IsRefused(string key)
    {
        var id = GrainId.Create("any", key);
        var state = new TestState<StoredSnippet> { State = new() };

        await Should.ThrowAsync<NotSupportedException>(() => fixture.Storage.ReadStateAsync("snippet", id, state));
        await Should.ThrowAsync<NotSupportedException>(() => fixture.Storage.WriteStateAsync("snippet", id, state));
        await Should.ThrowAsync<NotSupportedException>(() => fixture.Storage.ClearStateAsync("snippet", id, state));
    }
}
