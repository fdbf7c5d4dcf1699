using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using Platform.Text;

namespace Platform.Audit;

/// <summary>Field-level changes. Each method yields nothing where nothing changed.</summary>
internal static class AuditChanges
{
    private const int MaxChanges = 64;
    private const int MaxValue = 8 * 1024;
    private const int MaxAll = 32 * 1024;

    public static ImmutableArray<AuditChange> Of(params ReadOnlySpan<AuditChange?> changes)
    {
        var kept = ImmutableArray.CreateBuilder<AuditChange>();
        foreach (var change in changes)
        {
            if (change is not null) kept.Add(change);
        }

        return kept.DrainToImmutable();
    }

    public static AuditChange? Text(string path, string? before, string? after) => before == after ? null : new AuditChange(path, Print(before), Print(after));

    public static AuditChange? Flag(string path, bool? before, bool? after) => before == after ? null : new AuditChange(path, Print(before), Print(after));

    public static AuditChange? Name<TEnum>(string path, TEnum? before, TEnum? after) where TEnum : struct, Enum => Text(path, SnakeCase.Of(before), SnakeCase.Of(after));

    public static AuditChange? Duration(string path, TimeSpan? before, TimeSpan? after) => Text(path, Iso(before), Iso(after));

    public static AuditChange? Time(string path, DateTimeOffset? before, DateTimeOffset? after) =>
        Text(path, before is { } old ? AuditNames.Of(old) : null, after is { } fresh ? AuditNames.Of(fresh) : null);

    /// <param name="path">Pointer to the field.</param>
    /// <param name="before">Null where there was nothing.</param>
    /// <param name="after">Null where there is nothing any more.</param>
    public static AuditChange? Rights(string path, Permissions? before, Permissions? after) => before == after ? null : new AuditChange(path, Print(before), Print(after));

    public static AuditChange? List(string path, IEnumerable<string> before, IEnumerable<string> after)
    {
        var (old, fresh) = (Print(before), Print(after));
        return old == fresh ? null : new AuditChange(path, old, fresh);
    }

    /// <summary>Something has changed that nobody may read.</summary>
    public static AuditChange Secret(string path) => new(path, null, null);

    /// <param name="changes"><c>[{ "path", "before", "after" }]</c>; what was absent has no member.</param>
    public static ImmutableArray<AuditChange> FromJson(string changes)
    {
        using var document = JsonDocument.Parse(changes);
        return [.. document.RootElement.EnumerateArray().Select(c => new AuditChange(c.GetProperty("path").GetString()!, Canonical(c, "before"), Canonical(c, "after")))];
    }

    /// <summary>A log entry has a bounded size: long values stand as their length and SHA-256.</summary>
    public static ImmutableArray<AuditChange> Bound(ImmutableArray<AuditChange> changes)
    {
        if (changes.IsDefaultOrEmpty) return [];
        var room = MaxAll;
        var bounded = changes.Take(MaxChanges).Select(c => new AuditChange(AuditText.Bound(c.Path) ?? "", Shorten(c.Before, ref room), Shorten(c.After, ref room)));
        return changes.Length <= MaxChanges ? [.. bounded] : [.. bounded, new AuditChange("", null, $$"""{"furtherChanges":{{changes.Length - MaxChanges}}}""")];
    }

    private static string? Shorten(string? value, ref int room)
    {
        if (value is null) return null;
        var bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.Length > Math.Min(MaxValue, room)) return $$"""{"length":{{bytes.Length}},"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(bytes))}}"}""";
        room -= bytes.Length;
        return value;
    }

    private static string? Canonical(JsonElement change, string member) => change.TryGetProperty(member, out var value) ? CanonicalJson.Text(value) : null;

    private static string? Print(string? value) => value is null ? null : CanonicalJson.Text(value);

    private static string? Print(bool? value) => value switch { true => "true", false => "false", null => null };

    private static string? Print(Permissions? value) => value is { } set ? Print(PermissionNames.ToNames(set)) : null;

    private static string Print(IEnumerable<string> values)
    {
        var json = new CanonicalJson();
        json.BeginArray();
        foreach (var value in values) json.String(value);
        json.EndArray();
        return Encoding.UTF8.GetString(json.Bytes);
    }

    private static string? Iso(TimeSpan? value) => value is { } known ? XmlConvert.ToString(known) : null;
}
