using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Platform.Api.Docs;

/// <summary>An example that fits a schema, with values as people have them where the name of a member tells what it holds.</summary>
internal static class SchemaExample
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["username"] = "alice", ["email"] = "alice@acme.example", ["pendingEmail"] = "alice@new.example", ["slug"] = "acme", ["name"] = "Acme", ["role"] = "owner", ["permissions"] = "read",
        ["token"] = Examples.Token, ["challenge"] = Examples.Token, ["statusToken"] = Examples.Token, ["signature"] = "3045", ["secret"] = "JBSWY3DPEHPK3PXP", ["qrSvg"] = "<svg …>",
        ["otpauthUri"] = "otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP", ["recoveryCodes"] = "ABCDE-FGHJK", ["authenticationMethods"] = "pwd", ["amr"] = "pwd", ["ip"] = "192.0.2.17",
        ["userAgent"] = "Mozilla/5.0", ["cidr"] = "192.0.2.0/24", ["appliesTo"] = "all", ["scope"] = "read", ["scopes"] = "introspect", ["iss"] = "https://localhost:8443",
        ["token_type"] = "Bearer", ["issuer"] = "https://localhost:8443", ["introspection_endpoint"] = "https://localhost:8443/v1/introspect", ["service_documentation"] = "https://localhost:8443/docs",
        ["introspection_endpoint_auth_methods_supported"] = "client_secret_basic", ["scopes_supported"] = "read", ["origin"] = "https://www.example.com", ["domain"] = "www.example.com",
        ["action"] = "session.signed_in", ["outcome"] = "success", ["reason"] = "The list of users stays empty", ["ticket"] = "SUP-1042", ["key"] = "platform_sk_…", ["prefix"] = "platform_sk_7f3a",
        ["hash"] = Examples.Hash, ["previousHash"] = Examples.Hash, ["commitment"] = Examples.Hash, ["salt"] = Examples.Hash, ["sha256"] = Examples.Hash, ["integrity"] = "sha384-…",
        ["keyId"] = "7f3a9c2e5b1d", ["algorithm"] = "ES256", ["publicKey"] = "-----BEGIN PUBLIC KEY-----", ["traceId"] = "5b0c9e34a6b54b0c8c0d5b7a0f9f4f11", ["text"] = "Ready for Monday.",
        ["title"] = "Users of other tenants are listed", ["description"] = "The list of users ignores the tenant.", ["path"] = "/status", ["status"] = "ok", ["runtime"] = "Orleans 10.4.2",
        ["topology"] = "embedded", ["environment"] = "development", ["checks"] = "ok", ["tag"] = "<script src=…></script>", ["scriptUrl"] = "https://localhost:8443/s/snp_8f.js",
        ["txtName"] = "_platform.www.example.com", ["fileUrl"] = "https://www.example.com/.well-known/platform-proof.txt", ["mediaType"] = "application/json", ["contact"] = "ada@example.com",
        ["backup"] = "platform-production-20300131T120000Z", ["folder"] = "/mnt/backups", ["cause"] = "The folder /mnt/backups cannot be used: No space left on device", ["keptAs"] = "daily", ["node"] = "10.0.2.11:11111",
    };

    /// <summary>Half an hour and a day after the others.</summary>
    private static readonly Dictionary<string, string> Times = new(StringComparer.Ordinal)
    {
        ["idleExpiresAt"] = "2030-01-31T12:30:00Z", ["absoluteExpiresAt"] = "2030-02-01T12:00:00Z", ["expiresAt"] = "2030-02-01T12:00:00Z", ["previousSecretExpiresAt"] = "2030-02-01T12:00:00Z",
    };

    /// <summary>Lists end here.</summary>
    private static readonly HashSet<string> Nulls = new(StringComparer.Ordinal) { "nextCursor", "firstInvalidSequence", "anchor" };

    public static JsonNode? Of(IOpenApiSchema schema, string name = "") => schema switch
    {
        _ when Nulls.Contains(name) => null,
        { Enum: { Count: > 0 } names } => names.FirstOrDefault(one => one is not null)?.DeepClone(),
        _ when Times.TryGetValue(name, out var time) => time,
        { Examples: { Count: > 0 } examples } => examples[0]?.DeepClone(),
        { OneOf: { Count: > 0 } either } => Of(either.First(one => one.Type != JsonSchemaType.Null), name),
        { Properties: { Count: > 0 } members } => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Of(member.Value, member.Key)))),
        { AdditionalProperties: { } value } => new JsonObject { ["storage"] = Of(value, name) },
        { Items: { } item } => new JsonArray(Of(item, name)),
        { Type: { } type } when type.HasFlag(JsonSchemaType.Array) => new JsonArray(),
        { Type: { } type } when type.HasFlag(JsonSchemaType.Boolean) => JsonValue.Create(true),
        { Type: { } type } when type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number) => JsonValue.Create(Number(schema)),
        { Type: { } type } when type.HasFlag(JsonSchemaType.String) => JsonValue.Create(Text(schema, name)),
        _ => new JsonObject { ["headline"] = "Welcome back" },
    };

    private static long Number(IOpenApiSchema schema) => schema.Minimum is { } least && long.TryParse(least, CultureInfo.InvariantCulture, out var number) ? Math.Max(1, number) : 1;

    /// <summary>A pattern is that of an id: a prefix and 32 digits.</summary>
    private static string Text(IOpenApiSchema schema, string name) => schema switch
    {
        { Pattern: { } pattern } when pattern.IndexOf('[', StringComparison.Ordinal) is > 0 and var end => Examples.IdOf(pattern[1..end]),
        { Format: "date" } => Examples.Time[..10],
        { Format: "date-time" } => Examples.Time,
        { Format: "uri" or "uri-reference" } => "https://www.example.com/",
        _ => Texts.GetValueOrDefault(name) ?? (name.EndsWith("Id", StringComparison.Ordinal) || name == "id" ? Examples.IdOf("id_") : "text"),
    };
}
