using System.Security.Cryptography;
using Platform.Security;

namespace Platform.Tests.Security;

public sealed class MasterKeyTests : IDisposable
{
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("master-key-").FullName;

    private string KeyPath => Path.Combine(_folder, "keys", "master.key");

    [Fact, Trait("Threat", "T77")]
    public void OpenOrCreate_FirstStart_MakesAFileForTheOwnerOnly()
    {
        MasterKey.OpenOrCreate(KeyPath).Dispose();
        new FileInfo(KeyPath).Length.ShouldBe(32);
        File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void OpenOrCreate_SecondStart_OpensWhatTheFirstWrapped()
    {
        byte[] secret = [1, 2, 3];
        using var first = MasterKey.OpenOrCreate(KeyPath);
        var wrapped = first.Wrap(secret, "a");
        using var second = MasterKey.OpenOrCreate(KeyPath);
        second.Unwrap(wrapped.AsSpan(), "a").ShouldBe(secret);
    }

    [Fact]
    public void OpenOrCreate_ManyAtOnce_AgreeOnOneKey()
    {
        for (var round = 0; round < 100; round++)
        {
            var path = Path.Combine(Path.GetDirectoryName(KeyPath)!, round.ToString(System.Globalization.CultureInfo.InvariantCulture), "master.key");
            var keys = new MasterKey[8];
            Parallel.For(0, keys.Length, i => keys[i] = MasterKey.OpenOrCreate(path));
            var wrapped = keys[0].Wrap([7], "a");
            foreach (var key in keys) key.Unwrap(wrapped.AsSpan(), "a").ShouldBe([7]);
        }

        System.IO.Directory.GetFiles(Path.GetDirectoryName(KeyPath)!, "*", SearchOption.AllDirectories).Length.ShouldBe(100);
    }

    [Fact]
    public void OpenOrCreate_DamagedFile_SaysWhatToDo()
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        File.WriteAllBytes(KeyPath, new byte[31]);
        Should.Throw<InvalidDataException>(() => MasterKey.OpenOrCreate(KeyPath)).Message.ShouldContain("backup");
    }

    [Fact]
    public void Unwrap_OtherPurposeOrAnyFlippedBit_Throws()
    {
        using var key = MasterKey.OpenOrCreate(KeyPath);
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

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);
}
