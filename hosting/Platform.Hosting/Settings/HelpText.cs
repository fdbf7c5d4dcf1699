using System.Reflection;

namespace Platform.Hosting.Settings;

/// <summary><c>--help</c> and <c>--version</c>: printed from what is built in; makes no host, folder or key.</summary>
public static class HelpText
{
    /// <summary>Anywhere on the command line: who asks for help starts nothing.</summary>
    public static bool IsAskedFor(string[] args) => IsHelp(args) || IsVersion(args);

    /// <param name="args">Of the command line.</param>
    /// <param name="program">The assembly with <c>help.txt</c>.</param>
    /// <param name="output">Where it is written.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(string[] args, Assembly program, TextWriter output)
    {
        using var text = new StreamReader(program.GetManifestResourceStream("help.txt")!);
        await output.WriteLineAsync(IsHelp(args) ? (await text.ReadToEndAsync()).TrimEnd() : program.GetName().Version!.ToString(3));
        return 0;
    }

    public static bool IsHelp(string[] args) => args.Any(arg => arg is "--help" or "-h" or "-?");

    private static bool IsVersion(string[] args) => args.Contains("--version", StringComparer.Ordinal);
}
