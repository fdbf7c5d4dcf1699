using System.Globalization;
using System.Text;
using Platform.Api.Audit;

namespace Platform.Api.Tests.Audit;

/// <summary><c>./run verify-log</c> on what the API gave out.</summary>
internal static class OfflineCheck
{
    public static async Task<(int Exit, string Report)> RunAsync(string export, string? checkpoints, params string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("verify-log-").FullName;
        try
        {
            var file = Path.Combine(folder, "export.ndjson");
            await File.WriteAllTextAsync(file, export);
            List<string> args = [file, .. more];
            if (checkpoints is not null)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "checkpoints.json"), checkpoints);
                args.AddRange(["--checkpoints", Path.Combine(folder, "checkpoints.json")]);
            }

            using var output = new StringWriter(new StringBuilder(), CultureInfo.InvariantCulture);
            var exit = await VerifyLogCommand.RunAsync([.. args], output, output);
            return (exit, output.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
