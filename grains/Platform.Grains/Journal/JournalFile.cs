using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Platform.Security;

namespace Platform.Journal;

/// <summary>
/// A file of the journal that this process writes, and no other. Each line is a JSON text, a tab, and in hex an HMAC over the authenticator of the line before and the text. Only its last line can be torn:
/// after a failure nobody writes to the same file again.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";
    private const string Extension = ".journal";

    private readonly JournalKey _key;
    private readonly FileStream _file;
    private byte[] _last = [];

    private JournalFile(string path, FileStream file, JournalKey key, DateTimeOffset openedAt) => (Path, _file, _key, OpenedAt) = (path, file, key, openedAt);

    public string Path { get; }

    public DateTimeOffset OpenedAt { get; }

    public long Length => _file.Length;

    /// <exception cref="IOException">The folder is not there, or cannot be written.</exception>
    public static JournalFile Create(string folder, string environment, JournalKey key, DateTimeOffset now)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder {folder} is not there.");
        var others = List(folder, environment).Select(file => System.IO.Path.GetFileName(file.Path)).ToArray();
        var name = Prefix(environment) + now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture) + "-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)) + Extension;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = System.IO.Path.Combine(folder, name);
        var file = new JournalFile(path, new FileStream(path, options), key, now);
        file.Write([new JournalOpened { At = now, Environment = environment, MasterKey = key.MasterKeyId, Files = [.. others] }]);

        // What is appended counts as found again by its name.
        DurableFolder.Flush(folder);
        return file;
    }

    /// <summary>Those of one environment in a folder that may hold others, the one that was opened first coming first.</summary>
    public static IReadOnlyList<(string Path, DateTimeOffset OpenedAt)> List(string folder, string environment) =>
    [
        .. Directory.GetFiles(folder, Prefix(environment) + "*" + Extension)
            .Select(path => (Path: path, OpenedAt: OpenedAtOf(System.IO.Path.GetFileName(path), environment)))
            .Where(file => file.OpenedAt is not null)
            .Select(file => (file.Path, file.OpenedAt!.Value))
            .OrderBy(file => file.Value).ThenBy(file => file.Path, StringComparer.Ordinal),
    ];

    /// <summary>By its name; null: it is no file of the journal of this environment.</summary>
    public static DateTimeOffset? OpenedAtOf(string name, string environment)
    {
        var prefix = Prefix(environment);
        var time = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..].Split('-')[0] : "";
        return DateTimeOffset.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
    }

    /// <summary>On disk when this returns, and still found there by its name: a file whose folder was taken away takes writes that nobody finds.</summary>
    public void Write(IEnumerable<JournalLine> lines)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var last = _last;
        foreach (var line in lines)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine);
            last = _key.Authenticate(last, json);
            bytes.Write(json);
            bytes.Write("\t"u8);
            bytes.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(last)));
            bytes.Write("\n"u8);
        }

        _file.Write(bytes.WrittenSpan);
        _file.Flush(flushToDisk: true);
        if (!File.Exists(Path)) throw new FileNotFoundException($"The file {Path} is gone.");
        _last = last;
    }

    public void Dispose() => _file.Dispose();

    private static string Prefix(string environment) => $"endings-{environment}-";
}
