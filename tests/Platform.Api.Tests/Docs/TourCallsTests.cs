namespace Platform.Api.Tests.Docs;

/// <summary>README's tour, the requests for IDEs, the pages and the OpenAPI document speak of the same calls.</summary>
public sealed class TourCallsTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task CallsOfReadme_AreOperationsOfTheDocument() => await ShouldExistAsync(TourCalls.OfReadme(), atLeast: 20);

    [Fact]
    public async Task CallsOfHttpFiles_AreOperationsOfTheDocument() => await ShouldExistAsync(TourCalls.OfHttpFiles(), atLeast: 20);

    [Fact]
    public async Task CallsOfPages_AreOperationsOfTheDocument() => await ShouldExistAsync(TourCalls.OfPages(), atLeast: 30);

    private async Task ShouldExistAsync(IEnumerable<NamedCall> calls, int atLeast)
    {
        var operations = await host.ReadOperationsAsync();
        var named = calls.ToArray();
        named.Length.ShouldBeGreaterThanOrEqualTo(atLeast);
        named.Where(call => !operations.Any(call.Is)).ShouldBeEmpty();
    }
}
