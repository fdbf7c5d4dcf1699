using Microsoft.Extensions.Options;

namespace Platform.Security;

/// <summary>Section <c>Platform:Passwords</c> (row PWHASH).</summary>
internal sealed class PasswordHashingOptions
{
    public const string Section = PlatformOptions.Section + ":Passwords";

    /// <summary>OWASP Password Storage Cheat Sheet: the least for Argon2id, with two passes.</summary>
    public const int MinMemoryKiB = 19_456;

    /// <inheritdoc cref="MinMemoryKiB"/>
    public const int MinPasses = 2;

    public const int MaxMemoryKiB = 1_048_576;

    public const int MaxPasses = 100;

    /// <summary>Memory that one hash takes, in KiB. Raising it rehashes each password at its next sign-in. Default and least 19,456, at most 1,048,576.</summary>
    public int MemoryKiB { get; set; } = MinMemoryKiB;

    /// <summary>How often a hash passes over its memory. Raising it rehashes each password at its next sign-in. Default and least 2, at most 100.</summary>
    public int Passes { get; set; } = MinPasses;

    /// <summary>
    /// Threads that hash, apart from those that serve requests and grains. Together they take <see cref="MemoryKiB"/> each, at most a quarter of the process's memory.
    /// Default: all cores but one, but no more than have that memory at the least cost; at least one.
    /// </summary>
    public int Threads { get; set; } = DefaultThreads(Environment.ProcessorCount, AvailableMemory);

    /// <summary>Hashes that may wait; one more is answered 503 at once. Default 64, 1 to 10,000.</summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>What the process may use, in bytes: of a container its limit, less what the runtime keeps back.</summary>
    internal static long AvailableMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>What all hashing threads may use together.</summary>
    internal static long LaneKiB(long availableMemory) => availableMemory / 4 / 1024;

    internal static int DefaultThreads(int cores, long availableMemory) => (int)Math.Max(1, Math.Min(cores - 1, LaneKiB(availableMemory) / MinMemoryKiB));
}

/// <param name="availableMemory">Bytes.</param>
internal sealed class PasswordHashingOptionsValidator(long availableMemory) : IValidateOptions<PasswordHashingOptions>
{
    private const int MaxThreads = 256;
    private const int MaxQueueLimit = 10_000;

    public ValidateOptionsResult Validate(string? name, PasswordHashingOptions options)
    {
        var errors = new List<string>();

        bool IsWithin(string setting, int value, int least, int most)
        {
            if (value >= least && value <= most) return true;
            errors.Add($"{PasswordHashingOptions.Section}:{setting} must be {least} to {most}.");
            return false;
        }

        var memory = IsWithin(nameof(options.MemoryKiB), options.MemoryKiB, PasswordHashingOptions.MinMemoryKiB, PasswordHashingOptions.MaxMemoryKiB);
        IsWithin(nameof(options.Passes), options.Passes, PasswordHashingOptions.MinPasses, PasswordHashingOptions.MaxPasses);
        var threads = IsWithin(nameof(options.Threads), options.Threads, 1, MaxThreads);
        IsWithin(nameof(options.QueueLimit), options.QueueLimit, 1, MaxQueueLimit);
        var (needed, most) = ((long)options.Threads * options.MemoryKiB, PasswordHashingOptions.LaneKiB(availableMemory));
        if (memory && threads && needed > most)
        {
            errors.Add(
                $"{PasswordHashingOptions.Section}: {options.Threads} Threads of {options.MemoryKiB} MemoryKiB take {needed} KiB; a quarter of this process's memory is {most} KiB. "
                + "Lower one of the two, or give the process more memory.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
