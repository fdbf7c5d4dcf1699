using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Api.Tests.Docs;

/// <summary>What code and pages refer to stands in the repository: rows of the requirements, threats and faults, decisions, pages.</summary>
public sealed partial class ReferenceTests
{
    /// <summary>Milliseconds.</summary>
    private const int Timeout = 10_000;

    private static readonly string[] Kinds = ["*.cs", "*.sql", "*.md", "*.yaml", "*.csproj", "*.sh", "*.http"];

    [Fact]
    public void Rows_NamedAnywhere_AreInTheRequirements()
    {
        var rows = RowOfTable().Matches(Read("docs/requirements.md")).Select(row => row.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        rows.Count.ShouldBeGreaterThan(20);
        var named = Sources().SelectMany(file => Row().Matches(file.Text).SelectMany(match => Word().Matches(match.Value)).Select(word => (file.Path, Name: word.Value))).ToArray();
        named.Length.ShouldBeGreaterThan(50);
        named.Where(row => !rows.Contains(row.Name) && row.Name is not ("ASVS" or "NIST" or "RFC")).ShouldBeEmpty();
    }

    [Fact]
    public void ThreatsAndFaults_NamedAnywhere_AreInTheThreatModel()
    {
        var page = ThreatRow().Matches(Read("docs/security/threat-model.md")).Select(row => row.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        page.Count.ShouldBe(112);
        var named = Sources().SelectMany(file => Threat().Matches(file.Text).Select(match => (file.Path, Name: match.Groups["name"].Value))).ToArray();
        named.Length.ShouldBeGreaterThan(50);
        named.Where(threat => !page.Contains(threat.Name)).ShouldBeEmpty();
    }

    [Fact]
    public void ThreatModel_NamesTheTestsThatCarryItsTraits() => RunScript("eng/threat-coverage.sh", "--check").ShouldBe("");

    [Fact]
    public void IndexOfDecisions_IsWhatItsScriptMakes() => RunScript("eng/decision-index.sh").ShouldBe(Read("docs/decisions/README.md"));

    [Fact]
    public void Decisions_NamedAnywhere_Exist()
    {
        var numbers = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "decisions"), "0*.md").Select(file => int.Parse(Path.GetFileName(file)[..4], CultureInfo.InvariantCulture)).ToHashSet();
        var named = Sources().SelectMany(file => Decision().Matches(file.Text).Select(match => (file.Path, Number: int.Parse(match.Groups["name"].Value, CultureInfo.InvariantCulture)))).ToArray();
        named.Length.ShouldBeGreaterThan(30);
        named.Where(decision => !numbers.Contains(decision.Number)).ShouldBeEmpty();
    }

    [Fact]
    public void Events_OfTheLog_AreThoseOfTheirPage()
    {
        var written = Sources().Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal) && !file.Path.StartsWith("tests", StringComparison.Ordinal) && !file.Path.StartsWith("benchmarks", StringComparison.Ordinal))
            .SelectMany(file => Event().Matches(file.Text).Select(match => match.Groups["name"].Value))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        written.Length.ShouldBeGreaterThan(40);
        var rows = Read("docs/operations/logs.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1]);
        rows.SelectMany(row => Quoted().Matches(row).Select(match => match.Groups["name"].Value)).Order(StringComparer.Ordinal).ShouldBe(written);
    }

    [Fact]
    public void Links_BetweenPages_LeadToFiles()
    {
        var links = Sources().Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(page => Link().Matches(page.Text).Select(match => (page.Path, Target: match.Groups["name"].Value)))
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal))
            .ToArray();
        links.Length.ShouldBeGreaterThan(50);
        links.Where(link => !Path.Exists(Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(link.Path)!, link.Target)))).ShouldBeEmpty();
    }

    [Fact]
    public void Paths_NamedInPagesOfTheRoot_LeadToFiles()
    {
        var paths = Directory.GetFiles(Repository.Root, "*.md").Where(file => Path.GetFileName(file) != "CHANGELOG.md")
            .SelectMany(file => NamedPath().Matches(File.ReadAllText(file)).Select(match => (Page: Path.GetFileName(file), Target: match.Groups["name"].Value)))
            .ToArray();
        paths.Length.ShouldBeGreaterThan(15);
        paths.Where(path => !Path.Exists(Path.Combine(Repository.Root, path.Target)) && !IsPatternOfFiles(path.Target)).ShouldBeEmpty();
    }

    private static bool IsPatternOfFiles(string path) =>
        Path.GetDirectoryName(Path.Combine(Repository.Root, path)) is { } folder && Directory.Exists(folder) && Directory.EnumerateFiles(folder, Path.GetFileName(path)).Any();

    private static IEnumerable<(string Path, string Text)> Sources() =>
        from kind in Kinds
        from file in Directory.EnumerateFiles(Repository.Root, kind, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Repository.Root, file)
        where !path.Split(Path.DirectorySeparatorChar).Any(part => part is "artifacts" or "bin" or "obj" or "node_modules" or "data" or ".git")
        select (path, File.ReadAllText(file));

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static string RunScript(string path, params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Repository.Root, path), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        return output + errors.GetAwaiter().GetResult();
    }

    [GeneratedRegex(@"^\| (?<name>[A-Z0-9]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex RowOfTable();

    [GeneratedRegex(@"\brows? [A-Z0-9]{3,}\b((,| and) [A-Z0-9]{3,}\b)*", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Row();

    [GeneratedRegex("[A-Z0-9]{3,}", RegexOptions.None, Timeout)]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| (?<name>[TF]\d+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex ThreatRow();

    [GeneratedRegex(@"\b([Tt]hreats?|[Ff]aults?) (?<name>[TF]\d+)\b", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Threat();

    [GeneratedRegex(@"\bdecisions? \[?0*(?<name>\d{1,4})\b", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Decision();

    [GeneratedRegex(@"EventName = ""(?<name>\w+)""", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Event();

    [GeneratedRegex("`(?<name>\\w+)`", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Quoted();

    [GeneratedRegex("`(?<name>(api|benchmarks|docs|eng|examples|grains|silo|snippet|tests)/[^`\\s]*)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"\]\((?<name>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Link();
}
