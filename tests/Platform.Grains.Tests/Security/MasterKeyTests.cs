using System.Security.Cryptography;
using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class MasterKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("master-key-").FullName;

    private string KeyPath => Path.Combine(_folder, "keys", "master.key");

    [Fact, Trait("Threat", "T77")]
    public void Save_NewKey_MakesAFileForTheOwnerOnly()
    {
        using var key = MasterKey.OpenOrNew(KeyPath);
        key.IsNew.ShouldBeTrue();
        Directory.Exists(Path.GetDirectoryName(KeyPath)).ShouldBeFalse("whether there may be a new key is not known yet");

        key.Save();

        key.IsNew.ShouldBeFalse();
        new FileInfo(KeyPath).Length.ShouldBe(32);
        File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void OpenOrNew_SecondStart_OpensWhatTheFirstWrapped()
    {
        byte[] secret = [1, 2, 3];
        using var first = MasterKey.OpenOrNew(KeyPath);
        var wrapped = first.Wrap(secret, "a");
        first.Save();
        using var second = MasterKey.OpenOrNew(KeyPath);
        second.Unwrap(wrapped.AsSpan(), "a").ShouldBe(secret);
    }

    [Fact]
    public void Save_ManyAtOnce_OneWinsAndTheOthersFail()
    {
        for (var round = 0; round < 100; round++)
        {
            var path = Path.Combine(Path.GetDirectoryName(KeyPath)!, round.ToString(System.Globalization.CultureInfo.InvariantCulture), "master.key");
            var keys = Enumerable.Range(0, 8).Select(_ => MasterKey.OpenOrNew(path)).ToArray();
            var saved = new bool[keys.Length];
            Parallel.For(0, keys.Length, i =>
            {
                try
                {
                    keys[i].Save();
                    saved[i] = true;
                }
                catch (IOException)
                {
                    // Another one was first.
                }
            });

            saved.Count(won => won).ShouldBe(1);
            using var stored = MasterKey.Open(path);
            stored.Unwrap(keys[Array.IndexOf(saved, true)].Wrap([7], "a").AsSpan(), "a").ShouldBe([7]);
        }

        Directory.GetFiles(Path.GetDirectoryName(KeyPath)!, "*", SearchOption.AllDirectories).Length.ShouldBe(100);
    }

    [Fact]
    public void OpenOrNew_DamagedFile_SaysWhatToDo()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        File.WriteAllBytes(KeyPath, new byte[31]);
        Should.Throw<InvalidDataException>(() => MasterKey.OpenOrNew(KeyPath)).Message.ShouldContain("backup");
    }

    [Fact]
    public void Unwrap_OtherPurposeOrAnyFlippedBit_Throws()
    {
        using var key = MasterKey.OpenOrNew(KeyPath);
        var wrapped = key.Wrap("0123456789"u8, "a");
        Should.Throw<CryptographicException>(() => key.Unwrap(wrapped.AsSpan(), "b"));
        Should.Throw<CryptographicException>(() => key.Unwrap([], "a"));
        for (var bit = 0; bit < wrapped.Length * 8; bit++)
        {
            var altered = wrapped.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<CryptographicException>(() => key.Unwrap(altered, "a"));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
