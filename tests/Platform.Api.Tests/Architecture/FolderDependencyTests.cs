using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Architecture;

/// <summary>No two folders of an assembly need each other, nor by way of others: whoever changes one knows what it can break.</summary>
public sealed partial class FolderDependencyTests
{
    private static readonly string[] ApiComposition = ["Platform.Api.ApiProgram", "Platform.Api.PlatformApiExtensions"];

    /// <summary>Assembly, namespace above its folders, and types that put its parts together.</summary>
    public static TheoryData<string, string, string[]> Assemblies { get; } = new()
    {
        { "Platform.Api", "Platform.Api", ApiComposition },
        { "Platform.Contracts", "Platform", ["Platform.GrainFactoryExtensions"] },
        { "Platform.Cryptography", "Platform", [] },
        { "Platform.Grains", "Platform", ["Platform.PlatformGrainsExtensions", "Platform.PlatformTablesExtensions", "Platform.StateJson"] },
        { "Platform.Hosting", "Platform.Hosting", ["Platform.Hosting.InstallationExtensions", "Platform.Hosting.PlatformClientExtensions"] },
        { "Platform.Silo.Hosting", "Platform.Silo.Hosting", ["Platform.Silo.Hosting.PlatformSiloExtensions"] },
        { "Platform.Storage", "Platform.Storage", ["Platform.Storage.PlatformStorageExtensions"] },
        { "Platform.Validation", "Platform", [] },
    };

    [Theory, MemberData(nameof(Assemblies))]
    public void Folders_NeedNoOtherThatNeedsThem(string assembly, string rootNamespace, string[] composition)
    {
        var folders = FolderDependencies.Of(assembly, rootNamespace, composition);
        folders.Folders.Count.ShouldBeGreaterThan(1);
        folders.Circles.ShouldBeEmpty(folders.Explain());
    }

    /// <summary>The table of docs/architecture.md is the order. A folder that it does not name is a domain.</summary>
    [Fact]
    public void FoldersOfTheApi_NeedOnlyThoseAboveThemInTheirTable()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        var rows = page[page.IndexOf("## Folders of the API", StringComparison.Ordinal)..page.IndexOf("## Topologies", StringComparison.Ordinal)].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => Name().Matches(line.Split('|')[1]).Select(name => name.Value).ToArray()).ToList();
        rows.Count.ShouldBeGreaterThan(10);
        var domains = rows.FindIndex(row => row.Contains("Users"));
        FolderDependencies.Of("Platform.Api", "Platform.Api", ApiComposition).Pairs.Where(pair => pair.To == FolderDependencies.Root || Place(pair.From) < Place(pair.To)).ShouldBeEmpty();

        int Place(string folder) => rows.FindIndex(row => row.Contains(folder)) is var row and >= 0 ? row : domains;
    }

    [Fact]
    public void References_OfEachKind_AreFound()
    {
        var references = TypeReferences.Read(typeof(FolderDependencyTests).Assembly.Location);
        references.Where(reference => reference.To == typeof(Needed).FullName && reference.From.StartsWith(typeof(ByBase).Namespace + ".By", StringComparison.Ordinal))
            .Select(reference => reference.From.Split('.')[^1]).Order(StringComparer.Ordinal)
            .ShouldBe(["ByAttribute", "ByBase", "ByCallInLambda", "ByConstraint`1", "ByField", "ByGenericArgument", "ByLocalAfterSwitch", "BySignature"]);
    }

    [Fact]
    public void Circles_TwoFoldersThatNeedEachOther_AreNamedOnce()
    {
        var folders = new FolderDependencies([("R.A.X", "R.B.Y"), ("R.B.C.Z", "R.A.X"), ("R.A.X", "R.W"), ("R.Main", "R.A.X"), ("Generated.G", "R.B.Y"), ("R.B.Y", "Generated.G")], "R", "R.Main");
        folders.Circles.ShouldBe(["A - B"]);
        folders.Explain().ShouldBe("A needs B:\n  R.A.X -> R.B.Y\nB needs A:\n  R.B.C.Z -> R.A.X");
    }

    [Fact]
    public void Circles_FoldersThatNeedEachOtherByWayOfAThird_AreNamedOnce() =>
        new FolderDependencies([("R.A.X", "R.B.Y"), ("R.B.Y", "R.C.Z"), ("R.C.Z", "R.A.X"), ("R.A.X", "R.D.W"), ("R.D.W", "R.E.V")], "R").Circles.ShouldBe(["A - B - C"]);

    [GeneratedRegex("[A-Za-z]+", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}

internal class Needed
{
    public static int Value => Environment.ProcessId;
}

internal sealed class ByBase : Needed;

internal sealed class ByField
{
    internal Needed? Kept { get; set; }
}

internal sealed class BySignature
{
    internal static void Take(Needed? one) => ArgumentNullException.ThrowIfNull(one);
}

internal sealed class ByConstraint<T> where T : Needed;

internal sealed class ByGenericArgument
{
    internal static Type Of() => typeof(List<Needed[]>);
}

internal sealed class ByCallInLambda
{
    internal static Func<Task<int>> Make() => async () =>
    {
        await Task.Yield();
        return Needed.Value;
    };
}

internal sealed class ByLocalAfterSwitch
{
    internal static string Name(int number)
    {
        var name = number switch { 0 => "a", 1 => "b", 2 => "c", 3 => "d", 4 => "e", 5 => "f", _ => "g" };
        return name + Needed.Value;
    }
}

[System.Diagnostics.DebuggerTypeProxy(typeof(Needed))]
internal sealed class ByAttribute;
