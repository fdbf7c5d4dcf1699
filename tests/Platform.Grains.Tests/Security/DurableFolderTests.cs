using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class DurableFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durable-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Flush_OfAFolder_Returns_AndOfNoneSaysSo()
    {
        DurableFolder.Flush(_folder.FullName);
        DurableFolder.FlushAbove(PathOf("file"));
        Should.Throw<IOException>(() => DurableFolder.Flush(PathOf("absent"))).Message.ShouldContain(PathOf("absent"));
    }

    [Fact]
    public void Move_OfAFileAndOfAFolder_GivesTheirNewNames()
    {
        File.WriteAllText(PathOf("file.new"), "new");
        File.WriteAllText(PathOf("file"), "old");
        Should.Throw<IOException>(() => DurableFolder.MoveFile(PathOf("file.new"), PathOf("file")));
        DurableFolder.MoveFile(PathOf("file.new"), PathOf("file"), overwrite: true);
        Directory.CreateDirectory(PathOf("folder.partial"));
        File.WriteAllText(Path.Combine(PathOf("folder.partial"), "inside"), "x");
        DurableFolder.MoveFolder(PathOf("folder.partial"), PathOf("folder"));

        File.ReadAllText(PathOf("file")).ShouldBe("new");
        Directory.GetFileSystemEntries(_folder.FullName).Select(Path.GetFileName).ShouldBe(["file", "folder"], ignoreOrder: true);
        File.Exists(Path.Combine(PathOf("folder"), "inside")).ShouldBeTrue();
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
