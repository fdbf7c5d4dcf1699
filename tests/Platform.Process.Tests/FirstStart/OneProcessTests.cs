using Platform.ProcessTests.Hosting;
using Xunit.Abstractions;

namespace Platform.ProcessTests.FirstStart;

/// <summary>On the stand-in there is one process, whatever the settings ask for; it says so before it touches anything. Built on the stand-in only.</summary>
public sealed class OneProcessTests(ITestOutputHelper output) : ProcessTest(output)
{
    [Theory]
    [Trait("Fault", "F19")]
    [InlineData("PlatformApi", "Cohosted")]
    [InlineData("PlatformApi", "Cluster")]
    [InlineData("PlatformSilo", "Cluster")]
    public async Task Start_OfACluster_EndsWithOneLineThatNamesThePackages(string program, string topology)
    {
        var key = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(key, new byte[32]);
            var ended = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder)
            {
                Program = program,
                Settings =
                [
                    ("Platform__Topology", topology),
                    ("Platform__MasterKeyFile", key),
                    ("Platform__Cluster__Gateways__0", "127.0.0.1:1"),
                    // Nobody is there: who looked for the database first would say that.
                    ("ConnectionStrings__Platform", "Host=127.0.0.1;Port=1;Username=nobody"),
                ],
            });

            ended.ExitCode.ShouldBe(1, ended.ToString());
            var told = ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith(" - ", StringComparison.Ordinal)).ToArray();
            told.ShouldHaveSingleItem(ended.ToString()).ShouldContain("one process and never clusters: restore the package Microsoft.Orleans.", Case.Sensitive, ended.ToString());
            Directory.Exists(Folder.Path).ShouldBeFalse(ended.ToString());
        }
        finally
        {
            File.Delete(key);
        }
    }
}
