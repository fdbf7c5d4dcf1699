using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform;

/// <summary>An identifier made of a prefix and a UUIDv7 in 32 lower-case hex digits. The prefix keeps grain keys from being read as numbers or GUIDs.</summary>
public interface IPrefixedId<TSelf> where TSelf : struct, IPrefixedId<TSelf>
{
    static abstract string Prefix { get; }

    Guid Value { get; }

    static abstract TSelf From(Guid value);
}

/// <summary>Parsing and printing shared by all ids: exactly the prefix and 32 lower-case hex digits, nothing else.</summary>
public static class PrefixedId
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string Format<TId>(TId id) where TId : struct, IPrefixedId<TId> => TId.Prefix + id.Value.ToString("N", CultureInfo.InvariantCulture);

    public static bool TryParse<TId>(ReadOnlySpan<char> text, out TId id) where TId : struct, IPrefixedId<TId>
    {
        id = default;
        if (!text.StartsWith(TId.Prefix, StringComparison.Ordinal)) return false;
        var digits = text[TId.Prefix.Length..];
        if (digits.Length != 32 || digits.ContainsAnyExcept(HexDigits)) return false;
        id = TId.From(Guid.ParseExact(digits, "N"));
        return true;
    }

    public static TId Parse<TId>(string text) where TId : struct, IPrefixedId<TId> =>
        TryParse<TId>(text, out var id) ? id : throw new FormatException($"Not an id of the form {TId.Prefix}<32 hex digits>.");

    public static TId New<TId>(TimeProvider time) where TId : struct, IPrefixedId<TId> => TId.From(Guid.CreateVersion7(time.GetUtcNow()));
}

/// <summary>Writes an id as its printed form.</summary>
public sealed class PrefixedIdJsonConverter<TId> : JsonConverter<TId> where TId : struct, IPrefixedId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && PrefixedId.TryParse<TId>(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"Expected an id of the form {TId.Prefix}<32 hex digits>.");

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(PrefixedId.Format(value));
}

[GenerateSerializer, Immutable, Alias("platform.TenantId"), JsonConverter(typeof(PrefixedIdJsonConverter<TenantId>))]
public readonly record struct TenantId([property: Id(0)] Guid Value) : IPrefixedId<TenantId>
{
    public static string Prefix => "ten_";

    public static TenantId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out TenantId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

[GenerateSerializer, Immutable, Alias("platform.UserId"), JsonConverter(typeof(PrefixedIdJsonConverter<UserId>))]
public readonly record struct UserId([property: Id(0)] Guid Value) : IPrefixedId<UserId>
{
    public static string Prefix => "usr_";

    public static UserId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out UserId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

/// <summary>Names a session in lists and grain keys. It proves nothing: only the token, which holds the secret, does.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionId"), JsonConverter(typeof(PrefixedIdJsonConverter<SessionId>))]
public readonly record struct SessionId([property: Id(0)] Guid Value) : IPrefixedId<SessionId>
{
    public static string Prefix => "ses_";

    public static SessionId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

[GenerateSerializer, Immutable, Alias("platform.ScenarioId"), JsonConverter(typeof(PrefixedIdJsonConverter<ScenarioId>))]
public readonly record struct ScenarioId([property: Id(0)] Guid Value) : IPrefixedId<ScenarioId>
{
    public static string Prefix => "scn_";

    public static ScenarioId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out ScenarioId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

[GenerateSerializer, Immutable, Alias("platform.CommentId"), JsonConverter(typeof(PrefixedIdJsonConverter<CommentId>))]
public readonly record struct CommentId([property: Id(0)] Guid Value) : IPrefixedId<CommentId>
{
    public static string Prefix => "cmt_";

    public static CommentId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out CommentId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

/// <summary>Public name of a snippet, random and so unguessable; the pages of the tenant's customers contain it.</summary>
[GenerateSerializer, Immutable, Alias("platform.SnippetId"), JsonConverter(typeof(PrefixedIdJsonConverter<SnippetId>))]
public readonly record struct SnippetId([property: Id(0)] Guid Value) : IPrefixedId<SnippetId>
{
    public static string Prefix => "snp_";

    public static SnippetId From(Guid value) => new(value);

    public static SnippetId New() => new(new Guid(RandomNumberGenerator.GetBytes(16)));

    public static bool TryParse([NotNullWhen(true)] string? text, out SnippetId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

/// <summary>Names an API key in lists. It proves nothing: only the key's text, which holds the secret, does.</summary>
[GenerateSerializer, Immutable, Alias("platform.ApiKeyId"), JsonConverter(typeof(PrefixedIdJsonConverter<ApiKeyId>))]
public readonly record struct ApiKeyId([property: Id(0)] Guid Value) : IPrefixedId<ApiKeyId>
{
    public static string Prefix => "key_";

    public static ApiKeyId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out ApiKeyId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

/// <summary>Names an operator's access to a tenant's data.</summary>
[GenerateSerializer, Immutable, Alias("platform.SupportGrantId"), JsonConverter(typeof(PrefixedIdJsonConverter<SupportGrantId>))]
public readonly record struct SupportGrantId([property: Id(0)] Guid Value) : IPrefixedId<SupportGrantId>
{
    public static string Prefix => "sup_";

    public static SupportGrantId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out SupportGrantId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

/// <summary>Names the erasure of one user.</summary>
[GenerateSerializer, Immutable, Alias("platform.ErasureId"), JsonConverter(typeof(PrefixedIdJsonConverter<ErasureId>))]
public readonly record struct ErasureId([property: Id(0)] Guid Value) : IPrefixedId<ErasureId>
{
    public static string Prefix => "era_";

    public static ErasureId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out ErasureId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

/// <summary>Names a vulnerability report. It opens nothing: reporters have a status token, operators their permission.</summary>
[GenerateSerializer, Immutable, Alias("platform.VulnerabilityReportId"), JsonConverter(typeof(PrefixedIdJsonConverter<VulnerabilityReportId>))]
public readonly record struct VulnerabilityReportId([property: Id(0)] Guid Value) : IPrefixedId<VulnerabilityReportId>
{
    public static string Prefix => "vul_";

    public static VulnerabilityReportId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out VulnerabilityReportId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}

/// <summary>Names an event of the access log, in all logs.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuditEventId"), JsonConverter(typeof(PrefixedIdJsonConverter<AuditEventId>))]
public readonly record struct AuditEventId([property: Id(0)] Guid Value) : IPrefixedId<AuditEventId>
{
    public static string Prefix => "evt_";

    public static AuditEventId From(Guid value) => new(value);

    public static bool TryParse([NotNullWhen(true)] string? text, out AuditEventId id) => PrefixedId.TryParse(text, out id);

    public override string ToString() => PrefixedId.Format(this);
}
