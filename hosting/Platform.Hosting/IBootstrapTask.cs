namespace Platform.Hosting;

/// <summary>Something to be done after the grains can be called and before a server listens: whoever connects finds a platform that can answer. Run in the order of registration.</summary>
internal interface IBootstrapTask
{
    Task RunAsync(CancellationToken cancellationToken);
}
