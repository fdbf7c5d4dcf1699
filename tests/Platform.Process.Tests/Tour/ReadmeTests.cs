using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Tour;

// By this name alone it would be the namespace.
using Process = System.Diagnostics.Process;

/// <summary>Pastes README's tour into a shell, line by line, as somebody does who has just started the platform.</summary>
public sealed partial class ReadmeTests(ITestOutputHelper output, ServedPlatform served) : IClassFixture<ServedPlatform>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Tour_Pasted_AnswersAsThePageSays()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var typed = Typed(page.SkipWhile(line => !line.StartsWith("    export PW=", StringComparison.Ordinal)).TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal)));
        typed.Count.ShouldBeGreaterThanOrEqualTo(20, "the page has a tour");
        var answers = new StringBuilder();
        using var shell = new Typist(served);
        foreach (var (command, shown) in typed)
        {
            var answer = await shell.TypeAsync(Known(command, answers.ToString()));
            output.WriteLine($"{command}\n{answer}");
            answers.AppendLine(answer);
            HoldMembers(shown, answer);
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

    /// <summary>Lines that are typed: they begin with a word of a shell, and go on while a quote is open. Of the rest, what begins with a brace is the answer, with its further lines.</summary>
    private static List<(string Command, string Shown)> Typed(IEnumerable<string> lines)
    {
        var typed = new List<(string Command, string Shown)>();
        var open = false;
        foreach (var line in lines.Where(line => line.Length > 4).Select(line => line[4..]))
        {
            if (open) typed[^1] = typed[^1] with { Command = typed[^1].Command + "\n" + line };
            else if (line.Split(' ', '=')[0] is "c" or "curl" or "export" or "alias" or "TOKEN" or "KEY" or "LISA" or "SNIPPET" or "CHALLENGE") typed.Add((line, ""));
            else if (line[0] is '{' or ' ') typed[^1] = typed[^1] with { Shown = typed[^1].Shown + line };
            else continue;
            open = typed[^1].Command.Count(c => c == '\'') % 2 == 1;
        }

        return typed;
    }

    /// <summary>The members of an answer as the page shows it are those of the real one, in their order. Only an ellipsis in place of a member leaves some out; one in a text shortens it.</summary>
    private static void HoldMembers(string shown, string answer)
    {
        var real = Members(answer);
        var at = 0;
        foreach (var part in LeftOut().Split(shown).Select(Members).Where(part => part.Length > 0))
        {
            while (at < real.Length && !real[at..].Take(part.Length).SequenceEqual(part)) at++;
            real[at..].Take(part.Length).ShouldBe(part, $"{shown}\n{answer}");
            at += part.Length;
        }
    }

    private static string[] Members(string json) => [.. Member().Matches(json).Select(member => member.Groups["name"].Value)];

    [GeneratedRegex("\"(?<name>[A-Za-z]+)\":", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Member();

    [GeneratedRegex("…(?!\")", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LeftOut();

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
