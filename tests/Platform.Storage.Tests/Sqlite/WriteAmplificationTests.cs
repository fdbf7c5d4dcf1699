using System.Globalization;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>Bytes that reach the kernel for an event of the access log: exact, whatever the machine does beside it.</summary>
public sealed class WriteAmplificationTests
{
    /// <summary>Half a page: an event and its part of six indexes take 800 bytes here, and took 33,000 while each statement's pages were kept in a file.</summary>
    private const long BytesPerEvent = 2_048;

    [Fact]
    public async Task Append_OfBatches_WritesNoPageAsideForItsStatement()
    {
        Assert.SkipUnless(File.Exists("/proc/self/io"), "The kernel of this machine does not count what a process writes.");
        using var folder = new TempFolder();
        using var process = WriterProcess.Start(folder.Path, AppendingProcess.Command);

        var printed = await process.StandardOutput.ReadToEndAsync();

        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
        var perEvent = long.Parse(printed, CultureInfo.InvariantCulture) / (AppendingProcess.Batches * AppendingProcess.EventsPerBatch);
        perEvent.ShouldBeLessThan(BytesPerEvent);
    }
}
