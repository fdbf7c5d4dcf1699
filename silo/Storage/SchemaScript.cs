namespace Platform.Silo.Storage;

/// <summary>A script of <c>Database/</c>, which lies in the assembly so that the process always brings the one of its own version.</summary>
/// <param name="Component">Which part of the schema it belongs to.</param>
/// <param name="Version">The version of the part after it has run.</param>
/// <param name="Name">Path below <c>Database/</c>, with dots.</param>
internal sealed record SchemaScript(string Component, int Version, string Name)
{
    public string Text()
    {
        using var stream = typeof(SchemaScript).Assembly.GetManifestResourceStream($"Platform.Silo.Database.{Name}")
            ?? throw new InvalidOperationException($"The script {Name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// The scripts that lead from the stored versions to ours, in order. Refuses a schema that is newer than this process, and one from before the first script of
    /// its part that there still is.
    /// </summary>
    public static IReadOnlyList<SchemaScript> Missing(IEnumerable<SchemaScript> all, IReadOnlyDictionary<string, long> stored)
    {
        var scripts = all.ToList();
        foreach (var (component, version) in stored)
        {
            var known = scripts.Where(script => script.Component == component).Select(script => script.Version).DefaultIfEmpty(0).ToList();
            if (version > known.Max())
            {
                throw new StorageSetupException(
                    $"The database holds version {version} of the schema part '{component}', this process knows up to {known.Max()}. "
                    + "Start a newer version, or restore a backup from before the upgrade.");
            }

            if (version > 0 && version < known.Min())
            {
                throw new StorageSetupException(
                    $"The database holds version {version} of the schema part '{component}', which kept personal data in the clear and was never released. "
                    + "There is no way from there to this version: start on an empty data directory and, with PostgreSQL, an empty database; the old ones can be deleted.");
            }
        }

        return [.. scripts.Where(script => script.Version > stored.GetValueOrDefault(script.Component))];
    }
}
