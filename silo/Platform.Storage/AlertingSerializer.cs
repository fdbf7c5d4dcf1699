using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Platform.Storage;

/// <summary>A row that is there and cannot be understood: fails its grain alone and does not mean that storage is away (fault F16).</summary>
internal sealed class UnreadableStateException(Exception innerException) : Exception("A stored state cannot be read.", innerException);

/// <summary>The serializer of grain state, with an alert for rows that it cannot read.</summary>
internal sealed partial class AlertingSerializer(IGrainStorageSerializer inner, ILogger<AlertingSerializer> logger) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => inner.Serialize(input);

    public T? Deserialize<T>(BinaryData input)
    {
        try
        {
            return inner.Deserialize<T>(input);
        }
        catch (Exception e)
        {
            Alert<T>(e);
            throw new UnreadableStateException(e);
        }
    }

    public void Alert<T>(Exception cause) => LogUnreadable(cause, typeof(T).Name);

    [LoggerMessage(EventName = "StateUnreadable", Level = LogLevel.Critical,
        Message = "A stored {State} cannot be read. Its grain refuses all calls; other grains are not affected. Restore the row from a backup.")]
    private partial void LogUnreadable(Exception exception, string state);
}
