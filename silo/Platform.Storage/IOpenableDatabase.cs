using Platform.Hosting;

namespace Platform.Storage;

/// <summary>Opened before anything of the host starts, closed after all of it has stopped.</summary>
internal interface IOpenableDatabase
{
    /// <summary>Throws <see cref="StartupException"/> when the process must not start.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    Task CloseAsync();

    /// <summary>Whether some grain has a state of that name (<c>@name</c>): a row or none. The tables of the two databases have nothing in common.</summary>
    string StateOfName { get; }
}
