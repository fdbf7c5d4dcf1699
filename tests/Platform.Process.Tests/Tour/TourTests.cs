using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Tour;

public sealed class TourTests(ITestOutputHelper output, ServedPlatform served) : IClassFixture<ServedPlatform>
{
    [Fact]
    [Trait("Threat", "T36"), Trait("Threat", "T60")]
    public async Task Tour_WithCurl_GoesFromTenantToRefusal()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Tour", "tour.sh");

        var tour = await Bash.RunAsync(
            "PLATFORM=$1 CACERT=$2 OPERATOR_PASSWORD=$3 bash \"$4\"",
            served.Platform.Address.GetLeftPart(UriPartial.Authority), served.Folder.CertificatePath, served.Platform.OperatorPassword, script);

        tour.ExitCode.ShouldBe(0, tour.ToString());
        tour.Output.ShouldContain("The tour is complete.");
        tour.Errors.ShouldBeEmpty();
        output.WriteLine(tour.Output);
    }
}
