using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using Platform.Users;

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

    public static AuditChange? Name<TEnum>(string path, TEnum? before, TEnum? after) where TEnum : struct, Enum => Text(path, Snake(before), Snake(after));

    public static AuditChange? Duration(string path, TimeSpan? before, TimeSpan? after) => Text(path, Iso(before), Iso(after));

    /// <param name="path">Pointer to the field.</param>
    /// <param name="before">Null where there was nothing.</param>
    /// <param name="after">Null where there is nothing any more.</param>
    public static AuditChange? Rights(string path, Permissions? before, Permissions? after) => before == after ? null : new AuditChange(path, Print(before), Print(after));

    /// <summary>Something has changed that nobody may read.</summary>
    public static AuditChange Secret(string path) => new(path, null, null);

    /// <summary>A log entry has a bounded size: long values stand as their length and SHA-256.</summary>
    public static ImmutableArray<AuditChange> Bound(ImmutableArray<AuditChange> changes)
    {
        if (changes.IsDefaultOrEmpty) return [];
        var room = MaxAll;
        return [.. changes.Take(MaxChanges).Select(c => new AuditChange(AuditText.Bound(c.Path) ?? "", Shorten(c.Before, ref room), Shorten(c.After, ref room)))];
    }

    private static string? Shorten(string? value, ref int room)
    {
        if (value is null) return null;
        var bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.Length > Math.Min(MaxValue, room)) return $$"""{"length":{{bytes.Length}},"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(bytes))}}"}""";
        room -= bytes.Length;
        return value;
    }

    private static string? Print(string? value) => value is null ? null : CanonicalJson.Text(value);

    private static string? Print(bool? value) => value switch { true => "true", false => "false", null => null };

    private static string? Print(Permissions? value)
    {
        if (value is not { } set) return null;
        var json = new CanonicalJson();
        json.BeginArray();
        foreach (var name in PermissionNames.ToNames(set)) json.String(name);
        json.EndArray();
        return Encoding.UTF8.GetString(json.Bytes);
    }

    private static string? Snake<TEnum>(TEnum? value) where TEnum : struct, Enum =>
        value is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) : null;

    private static string? Iso(TimeSpan? value) => value is { } known ? XmlConvert.ToString(known) : null;
}
