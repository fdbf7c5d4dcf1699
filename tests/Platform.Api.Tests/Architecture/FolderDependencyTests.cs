namespace Platform.Api.Tests.Architecture;

/// <summary>No two folders of an assembly need each other: whoever changes one knows what it can break.</summary>
public sealed class FolderDependencyTests
{
    /// <summary>Pairs that are still to be taken apart. One that is gone goes from here; none is added.</summary>
    private static readonly string[] KnownInApi = ["Demo - Hosting"];

    /// <inheritdoc cref="KnownInApi"/>
    private static readonly string[] KnownInGrains = [];

    [Fact]
    public void FoldersOfTheApi_NeedNoOtherThatNeedsThem() => Check(FolderDependencies.Of("Platform.Api", "Platform.Api", "Platform.Api.PlatformApi"), KnownInApi);

    [Fact]
    public void FoldersOfTheGrains_NeedNoOtherThatNeedsThem() => Check(FolderDependencies.Of("Platform.Grains", "Platform", "Platform.PlatformGrainsExtensions", "Platform.StateJson"), KnownInGrains);

    [Fact]
    public void References_OfEachKind_AreFound()
    {
        var references = TypeReferences.Read(typeof(FolderDependencyTests).Assembly.Location);
        references.Where(reference => reference.To == typeof(Needed).FullName && reference.From.StartsWith(typeof(ByBase).Namespace + ".By", StringComparison.Ordinal))
            .Select(reference => reference.From.Split('.')[^1]).Order(StringComparer.Ordinal)
            .ShouldBe(["ByAttribute", "ByBase", "ByCallInLambda", "ByConstraint`1", "ByField", "ByGenericArgument", "ByLocalAfterSwitch", "BySignature"]);
    }

    [Fact]
    public void Mutual_TwoFoldersThatNeedEachOther_NamesThemOnce()
    {
        var folders = new FolderDependencies([("R.A.X", "R.B.Y"), ("R.B.C.Z", "R.A.X"), ("R.A.X", "R.W"), ("R.Main", "R.A.X"), ("Generated.G", "R.B.Y"), ("R.B.Y", "Generated.G")], "R", "R.Main");
        folders.Mutual.ShouldBe(["A - B"]);
        folders.Explain().ShouldBe("A needs B:\n  R.A.X -> R.B.Y\nB needs A:\n  R.B.C.Z -> R.A.X");
    }

    private static void Check(FolderDependencies folders, string[] known)
    {
        folders.Folders.Count.ShouldBeGreaterThan(10);
        folders.Mutual.ShouldBe(known, folders.Explain());
    }
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
