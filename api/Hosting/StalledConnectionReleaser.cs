using Microsoft.AspNetCore.Connections;
using Platform.Api.Limits;

namespace Platform.Api.Hosting;

/// <summary>
/// Lets go of a connection that is long cut while the server still waits for something on it. Kestrel forgets the end of a stream now and then when it cuts a
/// client that floods it with resets (threat T68), and waits for that stream for ever: each such connection would count against
/// <see cref="LimitsOptions.MaxConnections"/> until the host restarts.
/// </summary>
internal sealed partial class StalledConnectionReleaser(TimeProvider time, ILogger<StalledConnectionReleaser> logger)
{
    /// <summary>Longer than any request goes on without its client.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public ConnectionDelegate Watch(ConnectionDelegate serve) => connection => ServeAsync(serve(connection), connection);

    private async Task ServeAsync(Task served, ConnectionContext connection)
    {
        try
        {
            await served.WaitAsync(connection.ConnectionClosed);
            return;
        }
        catch (OperationCanceledException) when (connection.ConnectionClosed.IsCancellationRequested)
        {
            // Cut. Nearly always it ends right after.
        }

        try
        {
            await served.WaitAsync(Timeout, time);
        }
        catch (TimeoutException) when (!served.IsCompleted)
        {
            LogLetGo(connection.ConnectionId);
        }
    }

    [LoggerMessage(EventName = "ConnectionLetGo", Level = LogLevel.Warning, Message = "Connection {Id} was aborted, but the server did not release it; it was abandoned after 30 s")]
    private partial void LogLetGo(string id);
}
