using System.Text.RegularExpressions;

namespace Platform.Testing.Processes;

/// <summary>Lines that a process has written, and waiting for one that it will write.</summary>
public sealed class ProcessOutput
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _waiting = [];
    private bool _ended;

    public string Text
    {
        get
        {
            lock (_gate) return string.Join('\n', _lines);
        }
    }

    public void Add(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                _ended = true;
                foreach (var (_, found) in _waiting) found.TrySetCanceled();
                return;
            }

            _lines.Add(line);
            foreach (var (pattern, found) in _waiting)
            {
                if (pattern.Match(line) is { Success: true } match) found.TrySetResult(match);
            }
        }
    }

    /// <summary>The first line that matches, whether written already or not; canceled when the stream ends without one.</summary>
    public Task<Match> WaitForAsync(string pattern)
    {
        var wanted = new Regex(pattern, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        lock (_gate)
        {
            foreach (var line in _lines)
            {
                if (wanted.Match(line) is { Success: true } match) return Task.FromResult(match);
            }

            var found = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_ended) found.TrySetCanceled();
            else _waiting.Add((wanted, found));
            return found.Task;
        }
    }
}
