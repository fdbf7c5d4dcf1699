using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>
/// A program that writes the key in base64 to its standard output: the client of a vault or a key service. No shell runs it. What it says on its error stream is told
/// where it fails, without anything that might be a key.
/// </summary>
internal sealed partial class MasterKeyCommand(string text, TimeSpan? timeout = null) : IMasterKeySource
{
    public const string Setting = $"{PlatformOptions.Section}:{nameof(PlatformOptions.MasterKeyCommand)}";

    /// <summary>A key has 44 characters.</summary>
    private const int MostBytes = 4096;

    private const int MostTold = 200;

    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(30);

    public string Place => $"of the program '{Program}' ({Setting})";

    private string Program => Words[0];

    private IReadOnlyList<string> Words => CommandWords.TryParse(text) ?? throw new StartupException($"{Setting} is no program with arguments: it is empty, or a quote is not closed.");

    /// <remarks>Before anything is served, so a thread may wait.</remarks>
    public MasterKey Open()
    {
        using var process = Start();
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var errors = ReadAsync(process.StandardError.BaseStream);
        try
        {
            process.StandardInput.Close();
            var whole = Task.WhenAll(output, errors, process.WaitForExitAsync());
            if (!whole.Wait(_timeout)) throw Failed($"did not end within {_timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", "");
            if (process.ExitCode != 0) throw Failed($"ended with exit code {process.ExitCode}", Told(errors.Result));
            return MasterKeyText.TryRead(output.Result) ?? throw Failed("wrote no key to its standard output", "");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            if (output.IsCompletedSuccessfully) CryptographicOperations.ZeroMemory(output.Result);
        }
    }

    /// <summary>The last line, since that is where programs say why they give up, and nothing in it that could be a key.</summary>
    internal static string Told(ReadOnlySpan<byte> errors)
    {
        var lines = Encoding.UTF8.GetString(errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = lines.Length == 0 ? "" : LikeAKey().Replace(new string([.. lines[^1].Where(character => !char.IsControl(character))]), "…");
        return line.Length > MostTold ? line[..MostTold] : line;
    }

    private Process Start()
    {
        var info = new ProcessStartInfo(Program, Words.Skip(1)) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(info) ?? throw Failed("could not be started", "");
        }
        catch (Win32Exception e)
        {
            throw new StartupException($"{Setting}: the program '{Program}' could not be started: {e.Message}", e);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var bytes = new byte[MostBytes];
        var read = await stream.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false);

        // What is more is read, so that the program ends, and not kept.
        if (read == MostBytes) await stream.CopyToAsync(Stream.Null);
        var kept = bytes.AsSpan(0, read).ToArray();
        CryptographicOperations.ZeroMemory(bytes);
        return kept;
    }

    private StartupException Failed(string how, string told) =>
        new($"{Setting}: the program '{Program}' {how}{(told.Length == 0 ? "." : $" and said: {told}")}{(how.StartsWith("wrote", StringComparison.Ordinal) ? $" What it writes: {MasterKeyText.Form}." : "")}");

    [GeneratedRegex("[A-Za-z0-9+/=_-]{20,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LikeAKey();
}
