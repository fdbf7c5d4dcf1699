namespace Platform.Expiry;

/// <summary>A table whose rows leave by themselves when their time is over.</summary>
public interface IExpiringTable
{
    Task RemoveExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
