using System.Diagnostics;
using System.Text;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Tour;

// By this name alone it would be the namespace.
using Process = System.Diagnostics.Process;

/// <summary>Pastes README's tour into a shell, line by line, as somebody does who has just started the platform.</summary>
public sealed class ReadmeTests(ITestOutputHelper output, ServedPlatform served) : IClassFixture<ServedPlatform>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Tour_Pasted_AnswersAsThePageSays()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var commands = Commands(page.SkipWhile(line => !line.StartsWith("    export PW=", StringComparison.Ordinal)).TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal)));
        commands.Count.ShouldBeGreaterThanOrEqualTo(20, "the page has a tour");
        var answers = new StringBuilder();
        using var shell = new Typist(served);
        foreach (var command in commands)
        {
            var answer = await shell.TypeAsync(Known(command, answers.ToString()));
            output.WriteLine($"{command}\n{answer}");
            answers.AppendLine(answer);
        }

        var said = answers.ToString();
        foreach (var expected in (string[])["\"slug\":\"globex\"", "\"username\":\"lisa\"", "\n204\n", "\"active\":true", "\"domain\":\"localhost:9000\",\"status\":\"verified\"", "\"idleExpiresIn\":", "otpauth://totp/", "\"recoveryCodes\":[", "\"authenticationMethods\":[\"pwd\",\"otp\"]"])
        {
            said.ShouldContain(expected, Case.Sensitive);
        }

        said.Split("\"code\":\"").Skip(1).Select(rest => rest.Split('"')[0]).ShouldBe(["origin_not_allowed", "session_invalid", "not_found"], "every other call is answered as a success");
        (await shell.EndAsync()).ShouldBeEmpty();
    }

    /// <summary>What the reader is asked to put in.</summary>
    private string Known(string command, string answers)
    {
        if (command.StartsWith("export PW=", StringComparison.Ordinal)) return $"export PW='{served.Platform.OperatorPassword}'";
        if (!command.StartsWith("export CODE=", StringComparison.Ordinal)) return command;
        var app = new Authenticator(answers.Split("\"otpauthUri\":\"")[1].Split('"')[0].Replace("\\u0026", "&", StringComparison.Ordinal));

        // The platform takes codes one step early; the second one has to be another than the first.
        var steps = command.Contains("next", StringComparison.Ordinal) ? 1 : 0;
        return $"export CODE={app.CodeAt(TimeProvider.System.GetUtcNow().AddSeconds(30 * steps))}";
    }

    /// <summary>Lines that are typed: they begin with a word of a shell, and go on while a quote is open. The rest are answers and remarks.</summary>
    private static List<string> Commands(IEnumerable<string> lines)
    {
        var commands = new List<string>();
        var open = false;
        foreach (var line in lines.Where(line => line.Length > 4).Select(line => line[4..]))
        {
            if (open) commands[^1] += "\n" + line;
            else if (line.Split(' ', '=')[0] is "c" or "curl" or "export" or "alias" or "TOKEN" or "KEY" or "LISA" or "SNIPPET" or "CHALLENGE") commands.Add(line);
            else continue;
            open = commands[^1].Count(c => c == '\'') % 2 == 1;
        }

        return commands;
    }

    /// <summary>An interactive shell in a folder where the data lie as the page says, whose platform listens where this one does.</summary>
    private sealed class Typist : IDisposable
    {
        private const string Done = "--done--";

        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readme-");
        private readonly Process _bash;
        private readonly string _address;
        private readonly Task<string> _errors;

        public Typist(ServedPlatform served)
        {
            File.CreateSymbolicLink(Path.Combine(_folder.FullName, "data"), served.Folder.Path);
            _address = served.Platform.Address.GetLeftPart(UriPartial.Authority);
            _bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "--noprofile", "-O", "expand_aliases"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _folder.FullName,
            }) ?? throw new InvalidOperationException("bash does not start.");
            _errors = _bash.StandardError.ReadToEndAsync();
        }

        /// <returns>What the shell and its commands complained about.</returns>
        public Task<string> EndAsync()
        {
            _bash.StandardInput.Close();
            return _errors;
        }

        public async Task<string> TypeAsync(string command)
        {
            await _bash.StandardInput.WriteLineAsync(command.Replace("https://localhost:8443", _address, StringComparison.Ordinal));
            await _bash.StandardInput.WriteLineAsync($"echo; echo {Done}");
            await _bash.StandardInput.FlushAsync();
            using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
            var answer = new StringBuilder();
            while (await _bash.StandardOutput.ReadLineAsync(timeout.Token) is { } line && line != Done) answer.AppendLine(line);
            return answer.ToString();
        }

        public void Dispose()
        {
            if (!_bash.HasExited) _bash.Kill();
            _bash.Dispose();
            _folder.Delete(recursive: true);
        }
    }
}
