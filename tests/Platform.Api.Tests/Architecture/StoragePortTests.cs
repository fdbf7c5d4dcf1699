using Platform.Storage;

namespace Platform.Api.Tests.Architecture;

/// <summary>Grains reach storage through their tables, and tables through one port that knows no driver (decision 0088).</summary>
public sealed class StoragePortTests
{
    [Fact]
    public void Grains_ReferToNoDriver() => typeof(IDatabase).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!)
        .ShouldNotContain(name => name.StartsWith("Npgsql", StringComparison.Ordinal) || name.Contains("Sqlite", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Database_IsAskedByTablesOnly()
    {
        string[] words = ["Table", "Records", "Outbox", "ExpiredSessions"];
        var askers = TypeReferences.Read(typeof(IDatabase).Assembly.Location)
            .Where(reference => reference.To == typeof(IDatabase).FullName && !reference.From.StartsWith("Platform.Storage.", StringComparison.Ordinal))
            .Select(reference => reference.From).ToList();
        askers.Count.ShouldBeGreaterThan(10);
        askers.ShouldAllBe(asker => words.Any(word => asker.EndsWith(word, StringComparison.Ordinal)));
    }
}
