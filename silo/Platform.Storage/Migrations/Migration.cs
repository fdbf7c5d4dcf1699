using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.Storage.Migrations;

/// <summary>A numbered script of <c>Database/</c>. It lies in the assembly, so a process always brings the scripts of its own version.</summary>
/// <param name="Version">The version that it brings the schema to.</param>
/// <param name="Name">Name of the file, which begins with the version.</param>
internal sealed partial record Migration(int Version, string Name, string Sql)
{
    /// <summary>Of the text with the line ends of Unix: a checkout on Windows is no change.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>All scripts of a dialect in their order. A file whose name does not fit and a gap are mistakes of the build, so they throw.</summary>
    /// <param name="dialect">Folder below <c>Database/</c>.</param>
    public static IReadOnlyList<Migration> Embedded(string dialect)
    {
        var assembly = typeof(Migration).Assembly;
        var folder = $"Database/{dialect}/";
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Select(name => Parse(name[folder.Length..], Read(assembly, name)))
            .OrderBy(migration => migration.Version)
            .ToArray();
        for (var i = 0; i < migrations.Length; i++)
        {
            if (migrations[i].Version != i + 1) throw new InvalidOperationException($"{folder} has no script or two with the number {i + 1}.");
        }

        return migrations.Length > 0 ? migrations : throw new InvalidOperationException($"{folder} is not in the assembly.");
    }

    internal static Migration Parse(string name, string sql) => FileName().Match(name) is { Success: true } match
        ? new(int.Parse(match.Groups["version"].Value, CultureInfo.InvariantCulture), name, sql.ReplaceLineEndings("\n"))
        : throw new InvalidOperationException($"{name} is no name of a migration: four digits, '_', what it does in lower case, '.sql'.");

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(?<version>\d{4})_[a-z0-9_]+\.sql$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FileName();
}
