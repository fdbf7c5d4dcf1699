using System.Text.Json;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>What is left of a measurement: numbers, and a picture of each run.</summary>
internal static class LoadFiles
{
    public static async Task WriteAsync(string folder, LoadResult result)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "load.json"), JsonSerializer.Serialize(result, ResultFile.Json) + "\n");
        foreach (var run in result.Runs) await File.WriteAllTextAsync(Path.Combine(folder, $"load-{run.Name}.svg"), LoadChart.Draw(result, run));
    }
}
