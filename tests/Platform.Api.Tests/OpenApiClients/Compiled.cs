using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Platform.Api.Tests.OpenApiClients;

/// <summary>C# that is not part of this project, compiled in its process against what this project knows: no second build, and no generated file in the repository.</summary>
internal static class Compiled
{
    private static readonly CSharpParseOptions Latest = new(LanguageVersion.Latest, preprocessorSymbols: ["NETCOREAPP3_1_OR_GREATER", "NET5_0_OR_GREATER"]);

    public static Assembly From(IEnumerable<string> files)
    {
        using var assembly = new MemoryStream();
        var result = Compile(files.Select(file => CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(file)), Latest, file)), OutputKind.DynamicallyLinkedLibrary).Emit(assembly);
        result.Diagnostics.Where(fault => fault.Severity == DiagnosticSeverity.Error).Select(fault => fault.ToString()).ShouldBeEmpty();
        return Assembly.Load(assembly.ToArray());
    }

    /// <summary>Errors and warnings of a program.</summary>
    public static IReadOnlyList<string> FaultsOf(string program) =>
        [.. Compile([CSharpSyntaxTree.ParseText(program, Latest)], OutputKind.ConsoleApplication).GetDiagnostics().Where(fault => fault.Severity >= DiagnosticSeverity.Warning).Select(fault => fault.ToString())];

    private static CSharpCompilation Compile(IEnumerable<SyntaxTree> trees, OutputKind kind)
    {
        var known = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        return CSharpCompilation.Create("Compiled", trees, known, new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
    }
}
