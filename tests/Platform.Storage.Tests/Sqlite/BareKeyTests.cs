using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

public sealed class BareKeyTests
{
    [Fact]
    [Trait("Threat", "T47")]
    public async Task Keys_WithoutPrefix_AreDifferentRowsToo()
    {
        string[] keys =
        [
            "1", "01", "0x1", "001", "fade", "FADE", "020235", "20235", "a/b", "a%2Fb", "a+b", "0192f3c4a5b67c8d9e0f112233445566",
            "0192F3C4A5B67C8D9E0F112233445566", "0192f3c4-a5b6-7c8d-9e0f-112233445566", "a ", "a",
        ];
        using var folder = new TempFolder();
        using var database = await TestDatabase.OpenAsync(folder.Path);
        var storage = database.GrainStorage();
        foreach (var key in keys)
        {
            await storage.WriteStateAsync("snippet", GrainId.Create("test", key), new TestState<StoredSnippet> { State = new() { Name = key } });
        }

        foreach (var key in keys)
        {
            var state = new TestState<StoredSnippet>();
            await storage.ReadStateAsync("snippet", GrainId.Create("test", key), state);
            state.State.Name.ShouldBe(key);
        }
    }

    /// <summary>PostgreSQL holds no NUL in any text: here it would be another row, there none.</summary>
    [Theory]
    [InlineData("a\0")]
    [InlineData("a\0b")]
    [Trait("Threat", "T47")]
    public async Task Key_WithNul_IsRefused(string key)
    {
        using var folder = new TempFolder();
        using var database = await TestDatabase.OpenAsync(folder.Path);
        var storage = database.GrainStorage();

        await Should.ThrowAsync<StorageInputException>(() => storage.WriteStateAsync("snippet", GrainId.Create("test", key), new TestState<StoredSnippet> { State = new() { Name = "a" } }));
        await Should.ThrowAsync<StorageInputException>(() => storage.ReadStateAsync("snippet", GrainId.Create("test", key), new TestState<StoredSnippet>()));
    }
}
