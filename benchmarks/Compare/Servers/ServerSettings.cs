using System.Text.Json;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>What a compared server is told on its first line of input.</summary>
internal sealed record ServerSettings
{
    public required ServerKind Kind { get; init; }

    /// <summary>Its own; empty.</summary>
    public required string Folder { get; init; }

    /// <summary>PEM; the key lies beside it.</summary>
    public required string Certificate { get; init; }

    public required string CertificateKey { get; init; }

    /// <summary>What is answered, by path; empty for the platform, which answers for itself.</summary>
    public IReadOnlyDictionary<string, Answer> Answers { get; init; } = new Dictionary<string, Answer>(StringComparer.Ordinal);

    /// <summary>Configuration of the client or connection string of the store that is asked; null where none is.</summary>
    public string? Store { get; init; }

    /// <summary>Further settings of the platform, as on its command line.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public string Serialize() => JsonSerializer.Serialize(this);
}

internal enum ServerKind
{
    Bare,
    Cookie,
    Redis,
    PostgreSql,
    Platform,
}

/// <summary>What a compared server says when it listens.</summary>
internal sealed record ServerReady(int Port);

/// <summary>What the process has used since it started.</summary>
internal readonly record struct ServerUsage(TimeSpan Processor, long Allocated)
{
    public static ServerUsage Now() => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
}
