using System.ComponentModel.DataAnnotations;

namespace Platform;

/// <summary>How the processes of an installation are laid out.</summary>
public enum Topology
{
    /// <summary>One process holds the API and the grains. Default.</summary>
    Embedded = 0,

    /// <summary>This process is an API host only; silos run elsewhere.</summary>
    Cluster = 1,

    /// <summary>API host and silo in one process, joined with others to a cluster.</summary>
    Cohosted = 2,
}

/// <summary>Section <c>Platform</c>.</summary>
public sealed class PlatformOptions
{
    public const string Section = "Platform";

    /// <summary>Where state, keys, certificate and outbox lie. Made at the first start, readable by the owner only. Default <c>./data</c>.</summary>
    [Required]
    public string DataDirectory { get; set; } = "./data";

    /// <summary>
    /// The 32-byte master key. Default: <c>keys/master.key</c> in the data directory, made at the first start. In a cluster it must be named, exist and be the same for all
    /// processes: one that made its own could read nothing of what the others write.
    /// </summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>
    /// The master key itself, 32 bytes in base64, instead of a file. From the environment only: everybody reads command lines, and files of settings are copied. Default: none.
    /// </summary>
    public string? MasterKey { get; set; }

    /// <summary>
    /// A program, with arguments, that writes the master key in base64 to its standard output, instead of a file: the client of a vault. No shell runs it; it has 30 seconds.
    /// Default: none.
    /// </summary>
    public string? MasterKeyCommand { get; set; }

    /// <summary>
    /// While the master key is rotated: the other key, which the first one is not, in base64. From the environment only. Default: none; beside a file the other key is found by its name.
    /// </summary>
    public string? NextMasterKey { get; set; }

    /// <summary>The same as a file of 32 bytes. Default: none.</summary>
    public string? NextMasterKeyFile { get; set; }

    /// <summary>The same as a program that writes it in base64 to its standard output. Default: none.</summary>
    public string? NextMasterKeyCommand { get; set; }

    /// <summary>Where the file of the master key is, named or not.</summary>
    public string MasterKeyPath => Path.GetFullPath(MasterKeyFile is { Length: > 0 } named ? named : Path.Combine(DataDirectory, "keys", "master.key"));

    public Topology Topology { get; set; } = Topology.Embedded;

    /// <summary>
    /// Name of the environment, 1 to 32 characters of <c>a-z 0-9 -</c>. Part of the cluster's identity and of every token: a token of one
    /// environment is refused in every other (row DMZ). Default <c>development</c>.
    /// </summary>
    [Required, RegularExpression("^[a-z0-9-]{1,32}$", ErrorMessage = "Platform:Environment must be 1 to 32 characters of a-z, 0-9 and hyphen.")]
    public string Environment { get; set; } = "development";
}
