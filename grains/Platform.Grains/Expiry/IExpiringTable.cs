namespace Platform.Expiry;

/// <summary>A table whose rows leave by themselves when their time is over.</summary>
internal interface IExpiringTable
{
    Task RemoveExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
