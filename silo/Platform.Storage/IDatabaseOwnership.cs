using Platform.Hosting;

namespace Platform.Storage;

/// <summary>What keeps other processes away from a database that this one believes to have to itself.</summary>
internal interface IDatabaseOwnership
{
    /// <exception cref="StartupException">Another process has it.</exception>
    Task TakeAsync(CancellationToken cancellationToken);

    Task ReleaseAsync();
}
