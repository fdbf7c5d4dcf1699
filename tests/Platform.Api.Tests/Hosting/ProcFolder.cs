using System.Globalization;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

/// <summary>What Linux tells of a process, as a folder of a test.</summary>
internal sealed class ProcFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("platform-proc-").FullName;

    public ProcFolder(string limit)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "fd"));
        File.WriteAllLines(Path.Combine(_folder, "limits"),
        [
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             unlimited            unlimited            processes ",
            $"Max open files            {limit,-20} {limit,-20} files     ",
        ]);
    }

    public OpenFiles Read() => new(_folder);

    public void Use(int descriptors)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "fd"))) File.Delete(file);
        for (var i = 0; i < descriptors; i++) File.Create(Path.Combine(_folder, "fd", i.ToString(CultureInfo.InvariantCulture))).Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
