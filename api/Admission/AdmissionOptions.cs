using System.ComponentModel.DataAnnotations;

namespace Platform.Api.Admission;

/// <summary>Section <c>Platform:Admission</c>: how many calls of a class this host runs at a time, and how many of them wait (row DDOS, threat T69).</summary>
internal sealed class AdmissionOptions
{
    public const string Section = "Platform:Admission";

    /// <summary>Sign-outs that run at a time. Default 64.</summary>
    [Range(1, 100_000)]
    public int SignOuts { get; set; } = 64;

    /// <summary>Sign-ins that run at a time: they wait for their hash for most of it, in a fair queue of its own. Default 256.</summary>
    [Range(1, 100_000)]
    public int SignIns { get; set; } = 256;

    /// <summary>All other calls that run at a time. Default 4 for each core, at least 8.</summary>
    [Range(1, 100_000)]
    public int OtherCalls { get; set; } = Math.Max(8, 4 * Environment.ProcessorCount);

    /// <summary>Calls of each of these classes that wait, beyond those that run. Default 1,024.</summary>
    [Range(1, 100_000)]
    public int QueueLimit { get; set; } = 1_024;

    /// <summary>
    /// How long a call waits in a queue that stands before it is answered 503. Default 1 second: clients that are refused at once come back at once, and refusing them costs what answering others would.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A queue stands when it was not empty for so long. Until then calls wait as long as this: a dozen at a host that has just started, and is slow at first, are no overload. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan LongestBurst { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Checks of one session that wait for its grain at a time; those of a session in memory never wait. Default 64.</summary>
    [Range(1, 100_000)]
    public int WaitingChecksOfASession { get; set; } = 64;
}
