using Platform.Hosting;

namespace Platform.Storage;

/// <summary>Keeps other processes away from a database that belongs to this one alone.</summary>
internal interface IDatabaseOwnership
{
    /// <exception cref="StartupException">Another process has it.</exception>
    Task TakeAsync(CancellationToken cancellationToken);

    Task ReleaseAsync();
}
