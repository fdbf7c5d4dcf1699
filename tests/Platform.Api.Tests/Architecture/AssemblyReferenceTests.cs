using System.Reflection;
using System.Text.RegularExpressions;
using Platform.Security;
using Platform.Sessions;

namespace Platform.Api.Tests.Architecture;

/// <summary>What each assembly of the platform knows of the others: its row of the table of projects in docs/architecture.md, and nothing else.</summary>
public sealed partial class AssemblyReferenceTests
{
    private const string Prefix = "Platform.";

    /// <summary>By name without prefix; what a row names brings what that one may know.</summary>
    private static readonly Dictionary<string, string[]> Rows = ReadRows();

    public static TheoryData<string> Assemblies { get; } = [.. Rows.Keys.Where(name => File.Exists(FileOf(name)))];

    [Fact]
    public void Table_NamesEveryAssembly() => Directory.EnumerateFiles(AppContext.BaseDirectory, "Platform.*.dll").Select(file => Path.GetFileNameWithoutExtension(file)[Prefix.Length..])
        .Where(name => !name.EndsWith("Tests", StringComparison.Ordinal)).Except(Rows.Keys).ShouldBeEmpty();

    [Theory, MemberData(nameof(Assemblies))]
    public void Assembly_KnowsOnlyWhatItsRowNames(string assembly) => Assembly.LoadFrom(FileOf(assembly)).GetReferencedAssemblies().Select(reference => reference.Name!)
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Except(Reach(assembly)).ShouldBeEmpty();

    /// <summary>No generator runs there: such a type would have no serializer.</summary>
    [Theory]
    [InlineData(typeof(MasterKey))]
    [InlineData(typeof(LiveSession))]
    public void LibrariesBesideContracts_HoldNothingThatCrossesACall(Type one) => one.Assembly.GetTypes()
        .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) || typeof(IAddressable).IsAssignableFrom(type)).ShouldBeEmpty();

    /// <summary>How these are added to a process, and the port of storage. All else is internal; tests see it.</summary>
    [Theory]
    [InlineData("Api")]
    [InlineData("Server")]
    [InlineData("Grains", "PlatformGrainsExtensions", "PlatformTablesExtensions", "Durability", "IDatabase", "Operation", "Statement")]
    [InlineData("Storage", "PlatformStorageExtensions")]
    [InlineData("Silo.Hosting", "PlatformSiloExtensions")]
    public void PublicTypes_OfAssembly_AreThese(string assembly, params string[] types) => Assembly.LoadFrom(FileOf(assembly)).GetExportedTypes()
        .Where(type => type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true).Select(type => type.Name).ShouldBe(types, ignoreOrder: true);

    private static HashSet<string> Reach(string assembly) => [.. Rows[assembly].Concat(Rows[assembly].Where(Rows.ContainsKey).SelectMany(Reach))];

    private static string FileOf(string name) => Path.Combine(AppContext.BaseDirectory, Prefix + name + ".dll");

    private static Dictionary<string, string[]> ReadRows()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        return page[page.IndexOf("## Projects", StringComparison.Ordinal)..page.IndexOf("## Folders of the API", StringComparison.Ordinal)].Split('\n')
            .Select(line => Row().Match(line)).Where(row => row.Success)
            .ToDictionary(row => row.Groups["name"].Value, row => row.Groups["knows"].Value.Split(',', StringSplitOptions.TrimEntries), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\| `[a-z]+/Platform\.(?<name>[A-Za-z.]+)` \|[^|]*\| (?<knows>[^|]*) \|$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();
}
