using System.Security.Cryptography;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>A backup that is being made: a folder whose name ends in <c>.partial</c> until all of it is on the disk, so that one that was cut off is never taken for a backup.</summary>
internal sealed class NewBackup : IDisposable
{
    /// <summary>End of the name of one that is not complete.</summary>
    public const string Partial = ".partial";

    private readonly string _path;
    private readonly BackupRecipients _recipients;
    private readonly BackupProgress _progress;
    private readonly List<BackupArchive> _archives = [];
    private readonly DateTimeOffset _madeAt;
    private bool _isComplete;

    /// <param name="target">Folder of all backups; made where it is missing.</param>
    /// <param name="name">Of this one.</param>
    /// <param name="recipients">Who can open its archives.</param>
    /// <param name="madeAt">The time in its files.</param>
    /// <param name="progress">Told of the bytes that are written.</param>
    public NewBackup(string target, string name, BackupRecipients recipients, DateTimeOffset madeAt, BackupProgress progress)
    {
        (_path, _recipients, _madeAt, _progress) = (System.IO.Path.Combine(System.IO.Path.GetFullPath(target), name), recipients, madeAt, progress);
        if (Directory.Exists(_path)) throw new BackupException($"{_path} is there already. Wait a second and try again.");
        PrivateDirectory.Create(_path + Partial);
    }

    /// <summary>Where it is when it is complete.</summary>
    public string Path => _path;

    /// <summary>Writes an encrypted file.</summary>
    /// <param name="name">One of <see cref="StoredBackup.Data"/> and <see cref="StoredBackup.DataKeys"/>.</param>
    /// <param name="holds">Name of the file inside.</param>
    /// <param name="content">Writes it.</param>
    public async Task WriteAsync(string name, string holds, Func<Stream, Task> content)
    {
        await using var file = PrivateFile.Open(System.IO.Path.Combine(_path + Partial, name), FileShare.None);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var counted = new CountingStream(file, hash, _progress)) await OpenPgpMessage.WriteAsync(counted, _recipients, holds, _madeAt, content);
        file.Flush(flushToDisk: true);
        _archives.Add(new BackupArchive(name, holds, file.Length, Convert.ToHexStringLower(hash.GetHashAndReset())));
    }

    /// <summary>Writes the manifest, which makes a backup of what is there.</summary>
    public BackupManifest Complete(BackupManifest manifest, MasterKeyVersion master)
    {
        var complete = manifest with { Archives = [.. _archives], Recipients = _recipients.Names, MadeAt = _madeAt };
        var bytes = complete.ToBytes();
        Write(StoredBackup.Manifest, bytes);
        Write(StoredBackup.Authenticator, System.Text.Encoding.ASCII.GetBytes(BackupManifest.Authenticate(bytes, master)));
        DurableFolder.MoveFolder(_path + Partial, _path);
        _isComplete = true;
        return complete;
    }

    public void Dispose()
    {
        if (!_isComplete) Directory.Delete(_path + Partial, recursive: true);
    }

    private void Write(string name, ReadOnlySpan<byte> bytes) => PrivateFile.Write(System.IO.Path.Combine(_path + Partial, name), bytes);

    /// <summary>Hashes and counts what is written; the file under it stays open.</summary>
    private sealed class CountingStream(Stream file, IncrementalHash hash, BackupProgress progress) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            file.Write(buffer);
            progress.Add(buffer.Length);
        }
    }
}
