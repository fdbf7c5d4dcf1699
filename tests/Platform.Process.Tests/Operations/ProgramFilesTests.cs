using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Platform.Process.Tests.Operations;

/// <summary>What lies in the folder of a program can be loaded by whoever takes it over: the zone that faces the public has no way to the data (row DMZ, decision 0082).</summary>
[Trait("Database", "Unused")]
public sealed class ProgramFilesTests
{
    private static readonly string[] Drivers = ["Npgsql", "Microsoft.Data.Sqlite", "SQLitePCLRaw", "libe_sqlite3", "e_sqlite3", "Orleans.Persistence.", "Orleans.Clustering.", "Platform.Storage"];

    [Fact, Trait("Row", "DMZ")]
    public void ApiHost_ShipsNoDatabaseDriver() => FilesOf("PlatformApi").Where(IsDriver).ShouldBeEmpty();

    [Theory]
    [InlineData("PlatformServer")]
    [InlineData("PlatformSilo")]
    public void ProgramsWithGrains_ShipTheDrivers(string program) => Drivers.Where(driver => !FilesOf(program).Any(file => file.StartsWith(driver, StringComparison.Ordinal))).ShouldBeEmpty();

    [Fact, Trait("Row", "DMZ")]
    public void ApiHost_ShipsNoGrainClass() => GrainsOf("PlatformApi").ShouldBeEmpty();

    [Theory]
    [InlineData("PlatformServer")]
    [InlineData("PlatformSilo")]
    public void ProgramsWithGrains_ShipTheGrains(string program) => GrainsOf(program).ShouldContain("SessionGrain");

    [Fact]
    public void Silo_ShipsNoApi() => FilesOf("PlatformSilo").ShouldNotContain("Platform.Api.dll");

    private static bool IsDriver(string file) => Drivers.Any(driver => file.StartsWith(driver, StringComparison.Ordinal));

    /// <summary>Names of all files, native libraries below <c>runtimes</c> included.</summary>
    private static IReadOnlyList<string> FilesOf(string program) => [.. Directory.EnumerateFiles(FolderOf(program), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];

    /// <summary>Classes of ours with Orleans' base class.</summary>
    private static IReadOnlyList<string> GrainsOf(string program) => [.. Directory.EnumerateFiles(FolderOf(program), "Platform.*.dll").SelectMany(GrainsIn)];

    private static IReadOnlyList<string> GrainsIn(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(type => IsGrain(metadata, type)).Select(type => metadata.GetString(type.Name))];
    }

    private static bool IsGrain(MetadataReader metadata, TypeDefinition type)
    {
        if (type.BaseType.Kind != HandleKind.TypeReference) return false;
        var parent = metadata.GetTypeReference((TypeReferenceHandle)type.BaseType);
        return metadata.GetString(parent.Namespace) == "Orleans" && metadata.GetString(parent.Name) == "Grain";
    }

    private static string FolderOf(string program) => Path.GetDirectoryName(PlatformStart.PathOf(program))!;
}
