using System.ComponentModel.DataAnnotations;

namespace Platform.Storage;

/// <summary>Section <c>Platform:Database</c>. Which database: PostgreSQL when <c>ConnectionStrings:Platform</c> is set, SQLite in the data directory otherwise.</summary>
internal sealed class DatabaseOptions
{
    public const string Section = PlatformOptions.Section + ":Database";

    /// <summary>Name of the connection string that chooses PostgreSQL.</summary>
    public const string ConnectionName = "Platform";

    /// <summary>
    /// Bring the schema up to date at the start. Off: only check it, for a database role without rights on the schema (threat T82);
    /// the owner of the schema then runs <c>migrate</c> of the new version. Default true.
    /// </summary>
    public bool ApplySchema { get; set; } = true;

    /// <summary>After how long a waiting operation is given up as unavailable. Default 8 s, below the 10 s that a grain call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>For how long the start waits for a database that does not answer yet. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StartupTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>SQLite: writes that may wait for the writer; one more is refused at once, so that a slow disk cannot fill memory. Default 10,000.</summary>
    [Range(16, 1_000_000)]
    public int WriteQueueLimit { get; set; } = 10_000;

    /// <summary>SQLite: most writes that share one commit. Default 512.</summary>
    [Range(1, 10_000)]
    public int WriteGroupLimit { get; set; } = 512;
}
