namespace Platform.Api.Tests.Architecture;

/// <summary>
/// Which folders of an assembly need which others. A type's folder is the first part of its namespace below the root; types in the root itself count as a folder of their own. What
/// generators put into other namespaces has none.
/// </summary>
internal sealed class FolderDependencies
{
    public const string Root = "(root)";

    private readonly ILookup<(string From, string To), string> _types;

    /// <param name="references">From <see cref="TypeReferences.Read"/>.</param>
    /// <param name="rootNamespace">Above all folders.</param>
    /// <param name="composition">Full names of types that put all parts together, and so may know all.</param>
    public FolderDependencies(IEnumerable<(string From, string To)> references, string rootNamespace, params string[] composition)
    {
        _types = references
            .Where(reference => !composition.Contains(reference.From))
            .Select(reference => (Reference: reference, From: Folder(reference.From), To: Folder(reference.To)))
            .Where(dependency => dependency.From is not null && dependency.To is not null && dependency.From != dependency.To)
            .ToLookup(dependency => (dependency.From!, dependency.To!), dependency => $"{dependency.Reference.From} -> {dependency.Reference.To}");

        string? Folder(string type)
        {
            if (!type.StartsWith(rootNamespace + ".", StringComparison.Ordinal)) return null;
            var parts = type[(rootNamespace.Length + 1)..].Split('.');
            return parts.Length == 1 ? Root : parts[0];
        }
    }

    public static FolderDependencies Of(string assembly, string rootNamespace, params string[] composition) =>
        new(TypeReferences.Read(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")), rootNamespace, composition);

    public IReadOnlyList<string> Folders => [.. Pairs.SelectMany(pair => new[] { pair.From, pair.To }).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public IEnumerable<(string From, string To)> Pairs => _types.Select(pair => pair.Key);

    /// <summary>Folders that need each other, by themselves or by way of others: each set once, as <c>A - B</c>.</summary>
    public IReadOnlyList<string> Circles =>
        [.. Folders.Select(Circle).Where(circle => circle.Count > 0).Select(circle => string.Join(" - ", circle)).Distinct(StringComparer.Ordinal)];

    /// <summary>The types that make them so.</summary>
    public string Explain() => string.Join('\n', Pairs.Where(pair => Circle(pair.From).Contains(pair.To)).Order()
        .Select(pair => $"{pair.From} needs {pair.To}:\n  {string.Join("\n  ", _types[pair].Order(StringComparer.Ordinal))}"));

    private List<string> Circle(string folder) => [.. Reach(folder).Where(other => Reach(other).Contains(folder)).Order(StringComparer.Ordinal)];

    /// <summary>What a folder needs, by itself and by way of others.</summary>
    private HashSet<string> Reach(string folder)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>([folder]);
        while (waiting.TryPop(out var from))
        {
            foreach (var pair in Pairs.Where(pair => pair.From == from && reached.Add(pair.To))) waiting.Push(pair.To);
        }

        return reached;
    }
}
