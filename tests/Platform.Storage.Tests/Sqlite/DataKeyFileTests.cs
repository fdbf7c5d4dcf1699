using System.Security.Cryptography;
using System.Text;
using Platform.Security;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

public sealed class DataKeyFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("Threat", "T52")]
    public async Task Destroy_OnceClosed_TheKeyIsNowhereInTheFile()
    {
        var wrapped = Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetBytes(60)).ToArray();
        using (var database = await TestDatabase.OpenAsync(_folder.Path))
        {
            var keys = new DataKeyTable(database);
            await keys.AddAsync([.. wrapped.Select((bytes, i) => new DataKeyRow($"usr_{i}", [.. bytes]))], default);
        }

        Contains(wrapped[1]).ShouldBeTrue("the search finds what is there");
        using (var database = await TestDatabase.OpenAsync(_folder.Path)) await new DataKeyTable(database).DestroyAsync(["usr_1"], TimeProvider.System.GetUtcNow(), default);

        Contains(wrapped[1]).ShouldBeFalse();
        Contains(wrapped[0]).ShouldBeTrue();
        Contains(wrapped[2]).ShouldBeTrue();
    }

    private bool Contains(byte[] bytes) => Directory.GetFiles(_folder.Path, "platform.db*")
        .Any(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(Encoding.Latin1.GetString(bytes), StringComparison.Ordinal));
}
