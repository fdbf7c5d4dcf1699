using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Admission;

/// <summary>Section <c>Platform:Admission</c>: how many calls of a class this host runs at a time, and how many of them wait (row DDOS, threat T69).</summary>
internal sealed class AdmissionOptions
{
    public const string Section = "Platform:Admission";

    /// <summary>Sign-outs that run at a time. Default 64.</summary>
    [Range(1, 100_000)]
    public int SignOuts { get; set; } = 64;

    /// <summary>Sign-ins that run at a time: they wait for their hash for most of it, in a fair line of its own. Default 256.</summary>
    [Range(1, 100_000)]
    public int SignIns { get; set; } = 256;

    /// <summary>All other calls that run at a time. Default 8 for each core, at least 16.</summary>
    [Range(1, 100_000)]
    public int OtherCalls { get; set; } = Math.Max(16, 8 * Environment.ProcessorCount);

    /// <summary>Calls of each of these classes that wait, beyond those that run. Default 256.</summary>
    [Range(1, 100_000)]
    public int QueueLimit { get; set; } = 256;

    /// <summary>How long a call waits before it is answered 503. Default 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks of one session that wait for its grain at a time; those of a session in memory never wait. Default 64.</summary>
    [Range(1, 100_000)]
    public int WaitingChecksOfASession { get; set; } = 64;
}
