using System.IO.Compression;
using System.Reflection;

namespace Platform.Hosting;

/// <summary>
/// Loads before the server listens what requests would load later: an assembly that cannot be opened, because descriptors or memory are short at that moment, fails its requests
/// until the process ends. Runs beside the start of the silo. It loads and does not call: compiling ahead would cost more than it saves.
/// </summary>
/// <param name="program">Whose references count.</param>
/// <param name="native">Loads native libraries, by calling what needs them.</param>
public sealed class LoadedAhead(Assembly program, params IEnumerable<Action> native) : HostedLifecycleService
{
    /// <summary>Of the framework, what stands behind facades and what is found by name: compression, SVG of QR codes, and what a stack trace in a log needs.</summary>
    private static readonly string[] ByName =
    [
        "System.Private.Xml", "System.Private.Xml.Linq", "System.Xml.XDocument", "System.Drawing.Primitives", "System.IO.Compression", "System.Net.WebSockets",
        "System.Security.Claims", "System.Diagnostics.StackTrace", "System.Reflection.Metadata", "System.Collections.Immutable", "Microsoft.AspNetCore.Http.Features",
        "Microsoft.AspNetCore.Metadata", "Microsoft.AspNetCore.WebUtilities",
    ];

    private Task _loading = Task.CompletedTask;

    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        _loading = Task.Run(Load, cancellationToken);
        return Task.CompletedTask;
    }

    public override Task StartAsync(CancellationToken cancellationToken) => _loading.WaitAsync(cancellationToken);

    private void Load()
    {
        LoadReferences();
        foreach (var name in ByName) TryLoad(new AssemblyName(name));

        foreach (var load in native) load();
        using var compression = new DeflateStream(Stream.Null, CompressionLevel.Fastest);
    }

    /// <summary>All that our assemblies and libraries name, at any depth. What the framework names of itself is not followed: most of it is never used.</summary>
    private void LoadReferences()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Assembly>([program]);
        while (open.TryPop(out var assembly))
        {
            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                if (!seen.Add(reference.Name!) || TryLoad(reference) is not { } loaded) continue;
                if (loaded.Location.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal)) open.Push(loaded);
            }
        }
    }

    /// <summary>Null for what a library names for other platforms and brings not along.</summary>
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
