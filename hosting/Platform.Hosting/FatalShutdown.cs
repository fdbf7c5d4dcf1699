using Microsoft.Extensions.Hosting;

namespace Platform.Hosting;

/// <summary>Ends this process in order when it must not go on. Its exit code then says that it failed, so that a supervisor starts it again.</summary>
public sealed class FatalShutdown(IHostApplicationLifetime lifetime)
{
    public bool Happened { get; private set; }

    public void Begin()
    {
        Happened = true;
        lifetime.StopApplication();
    }
}
