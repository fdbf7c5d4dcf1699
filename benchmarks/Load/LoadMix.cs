using System.Globalization;

namespace Platform.Benchmarks.Load;

/// <summary>One of the calls that clients make all the time.</summary>
internal sealed record LoadCall(string Name, HttpMethod Method, string Path, int Expected)
{
    public static readonly LoadCall[] All =
    [
        new("validate", HttpMethod.Post, "/v1/session/validate", 204),
        new("peek", HttpMethod.Get, "/v1/session", 200),
        new("touch", HttpMethod.Post, "/v1/session/touch", 200),
    ];
}

/// <summary>Which call comes next: in fixed proportion, in random order.</summary>
internal sealed class LoadMix
{
    private readonly int[] _calls;

    private LoadMix(int[] calls, string text) => (_calls, Text) = (calls, text);

    public string Text { get; }

    /// <returns>Index into <see cref="LoadCall.All"/>.</returns>
    public int Next(Random random) => _calls[random.Next(_calls.Length)];

    public static LoadMix Parse(string text)
    {
        var calls = new List<int>();
        foreach (var part in text.Split(','))
        {
            var index = part.Split('=') is [var name, _] ? Array.FindIndex(LoadCall.All, call => call.Name == name) : -1;
            if (index < 0 || !int.TryParse(part.Split('=')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var share) || share > 1000)
            {
                throw new UsageException("--mix must be such as validate=80,peek=10,touch=10; each part at most 1000.");
            }

            calls.AddRange(Enumerable.Repeat(index, share));
        }

        return calls.Count > 0 ? new LoadMix([.. calls], text) : throw new UsageException("--mix names nothing to send.");
    }
}
