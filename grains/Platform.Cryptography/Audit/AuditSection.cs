using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Platform.Audit;

/// <summary>
/// The personal parts of an event: the actor section (name, address, user agent) and the target section (name, changes). An event commits to each by
/// SHA-256 over a domain line, a random salt and the section's canonical JSON; without the salt nobody can guess what a commitment stands for.
/// </summary>
public static class AuditSection
{
    public const int SaltSize = 16;

    private static ReadOnlySpan<byte> Domain => "platform-audit-section-v1\n"u8;

    public static byte[] OfActor(string? name, string? ip, string? userAgent)
    {
        var json = new CanonicalJson();
        json.BeginObject();
        json.Member("ip", ip);
        json.Member("name", name);
        json.Member("userAgent", userAgent);
        json.EndObject();
        return json.Bytes.ToArray();
    }

    public static byte[] OfTarget(string? name, ImmutableArray<AuditChange> changes)
    {
        var json = new CanonicalJson();
        json.BeginObject();
        json.Name("changes");
        json.BeginArray();
        foreach (var change in changes)
        {
            json.BeginObject();
            json.Name("after");
            json.Raw(change.After);
            json.Name("before");
            json.Raw(change.Before);
            json.Member("path", change.Path);
            json.EndObject();
        }

        json.EndArray();
        json.Member("name", name);
        json.EndObject();
        return json.Bytes.ToArray();
    }

    public static byte[] Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> section)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        hash.AppendData(salt);
        hash.AppendData(section);
        return hash.GetHashAndReset();
    }
}
