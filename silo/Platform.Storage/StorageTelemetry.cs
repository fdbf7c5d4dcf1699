using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Platform.Telemetry;

namespace Platform.Storage;

/// <summary>
/// Measures, traces and translates every operation in one place. A failure is logged in full here, because the exception that leaves carries no
/// detail; during an outage only its begin and its end are logged above Debug.
/// </summary>
internal sealed partial class StorageTelemetry(PlatformMetrics metrics, TimeProvider time, ILogger<StorageTelemetry> logger)
{
    public const string SourceName = "Platform.Storage";

    private static readonly ActivitySource Source = new(SourceName);
    private int _readsFail;
    private int _writesFail;

    /// <summary>Whether the last write that met the database failed for want of it. Apart from reads: a full disk still reads.</summary>
    public bool WritesFail => Volatile.Read(ref _writesFail) == 1;

    /// <param name="system">Value of <c>db.system.name</c>. A driver's own spans lie below ours and do not name the operation.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="translate">The exception that may leave in place of the driver's; null leaves it as it is.</param>
    /// <param name="work">Does it.</param>
    public async Task<T> RunAsync<T>(string system, Operation operation, Func<Exception, Exception?> translate, Func<Task<T>> work)
    {
        using var activity = Source.StartActivity($"{operation.Kind} {operation.Table}", ActivityKind.Client);
        activity?.SetTag("db.system.name", system).SetTag("db.operation.name", operation.Kind).SetTag("db.collection.name", operation.Table);
        var started = time.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await work();
            outcome = "ok";
            Recovered(operation);
            return result;
        }
        catch (InconsistentStateException)
        {
            outcome = "conflict";
            throw;
        }
        catch (Exception e) when (translate(e) is { } translated)
        {
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", e.GetType().FullName);
            if (translated is not StorageUnavailableException) LogRefused(e, operation.Kind, operation.Table);
            else if (e is not UnreadableStateException) Failed(operation, e);
            ExceptionDispatchInfo.Throw(translated);
            throw;
        }
        finally
        {
            metrics.StorageOperation(operation.Kind, time.GetElapsedTime(started), outcome);
        }
    }

    private ref int Failing(Operation operation) => ref operation.Kind is "read" or "query" ? ref _readsFail : ref _writesFail;

    private void Failed(Operation operation, Exception exception)
    {
        if (Interlocked.Exchange(ref Failing(operation), 1) == 0) LogFailing(exception, operation.Kind, operation.Table);
        else LogStillFailing(exception, operation.Kind, operation.Table);
    }

    private void Recovered(Operation operation)
    {
        ref var failing = ref Failing(operation);
        if (Volatile.Read(ref failing) == 1 && Interlocked.Exchange(ref failing, 0) == 1) LogRecovered(operation.Kind, operation.Table);
    }

    [LoggerMessage(EventName = "StorageFailing", Level = LogLevel.Error,
        Message = "Storage began to fail ({Operation} {Table}). Requests that need it are answered 503 until it recovers.")]
    private partial void LogFailing(Exception exception, string operation, string table);

    [LoggerMessage(EventName = "StorageStillFailing", Level = LogLevel.Debug, Message = "Storage failed ({Operation} {Table}).")]
    private partial void LogStillFailing(Exception exception, string operation, string table);

    [LoggerMessage(EventName = "StorageRefused", Level = LogLevel.Error,
        Message = "Storage refused an operation that should not have been tried ({Operation} {Table}).")]
    private partial void LogRefused(Exception exception, string operation, string table);

    [LoggerMessage(EventName = "StorageRecovered", Level = LogLevel.Information, Message = "Storage works again ({Operation} {Table}).")]
    private partial void LogRecovered(string operation, string table);
}
