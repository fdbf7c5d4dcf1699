using Platform.Api.Limits;
using Platform.Hosting;

namespace Platform.Api.Hosting;

/// <summary>
/// How many connections this host takes, in all and of one address: never more than the machine's limit of open files leaves. A process that has used up its descriptors loads
/// no assembly and opens no file any more, and may end.
/// </summary>
internal sealed class ConnectionBounds(OpenFiles files, IEnumerable<ReservedDescriptors> reserved) : IValidateOptions<LimitsOptions>
{
    /// <summary>Connections at a time where nothing else is said and the machine allows it.</summary>
    public const int Default = 20_000;

    /// <summary>
    /// Descriptors that are set aside beside those of other parts, such as a pool of connections: 375 for what every process has, assemblies above all, of which the runtime keeps one or two each; the rest
    /// for silos, exports, the outbox and connections that are just being refused.
    /// </summary>
    public const int Reserve = 512;

    /// <summary>With fewer the host would refuse clients in everyday use.</summary>
    public const int Fewest = 64;

    /// <summary>One address gets a quarter: only several together can shut others out, and a company behind one address still has thousands.</summary>
    private const int Share = 4;

    private readonly int _reserve = Reserve + reserved.Sum(part => part.Count);

    private int Room => files.Limit is { } limit ? limit - _reserve : int.MaxValue;

    public int Total(LimitsOptions limits) => limits.MaxConnections ?? Math.Min(Default, Room);

    public int PerAddress(LimitsOptions limits) => Math.Min(Total(limits), limits.MaxConnectionsPerAddress ?? Math.Max(1, Total(limits) / Share));

    public ValidateOptionsResult Validate(string? name, LimitsOptions options)
    {
        if (Room < Fewest)
        {
            return ValidateOptionsResult.Fail(
                $"The limit of open files is {files.Limit}; {_reserve} are set aside for the process itself, and {Fewest} connections are the least. Raise it to {_reserve + Fewest} or more (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container).");
        }

        return options.MaxConnections > Room
            ? ValidateOptionsResult.Fail(
                $"Platform:Limits:MaxConnections is {options.MaxConnections}, but the limit of open files, {files.Limit}, leaves {Room} beside the {_reserve} of the process itself. Lower it, or raise the limit to {_reserve + (long)options.MaxConnections.Value} (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of a container).")
            : ValidateOptionsResult.Success;
    }
}
