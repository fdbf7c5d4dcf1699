using System.Text.Json;
using Platform.Hosting.Settings;

namespace Platform.Api.Audit;

/// <summary><c>./run verify-log</c>: checks an export without the platform. Exit code 0: good; 1: not good; 2: it could not be checked.</summary>
internal static class VerifyLogCommand
{
    public const string Name = "verify-log";

    private const string Usage = """
        ./run verify-log <export.ndjson> [--checkpoints <file>] [--key <keyId>]

        Checks an export (GET /v1/tenants/{tenant}/audit-events with Accept: application/x-ndjson, without filters) event by event. With the answer of
        GET …/audit-events/checkpoints it also finds out whether the log was cut off or rewritten; --key names the key that must have signed them.
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (HelpText.IsHelp(args))
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }

        if (!TryRead(args, out var export, out var checkpoints, out var key))
        {
            await error.WriteLineAsync(Usage);
            return 2;
        }

        try
        {
            var signed = checkpoints is null ? CheckpointFile.None : CheckpointFile.Read(await File.ReadAllTextAsync(checkpoints), key);
            var check = new AuditExportVerifier(signed);
            using var reader = new StreamReader(export!);
            while (await reader.ReadLineAsync() is { } line)
            {
                if (!check.Accept(line)) break;
            }

            check.End();
            foreach (var line in check.Report) await output.WriteLineAsync(line);
            return check.IsGood ? 0 : 1;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or FormatException or KeyNotFoundException or InvalidOperationException or System.Security.Cryptography.CryptographicException)
        {
            await error.WriteLineAsync($"It cannot be checked: {failure.Message}");
            return 2;
        }
    }

    private static bool TryRead(string[] args, out string? export, out string? checkpoints, out string? key)
    {
        (export, checkpoints, key) = (null, null, null);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--checkpoints" or "--key")
            {
                if (i + 1 >= args.Length) return false;
                if (args[i] == "--key") key = args[++i];
                else checkpoints = args[++i];
            }
            else if (export is null && !args[i].StartsWith('-'))
            {
                export = args[i];
            }
            else
            {
                return false;
            }
        }

        return export is not null && (key is null || checkpoints is not null);
    }
}
