using Microsoft.AspNetCore.Http;
using Platform.Api.Requests;

namespace Platform.Api.Tests.Requests;

public sealed class AcceptedMediaTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("*/*", "application/json")]
    [InlineData("text/*", "text/csv")]
    [InlineData("text/csv", "text/csv")]
    [InlineData("TEXT/CSV", "text/csv")]
    [InlineData("application/*;q=0.9, text/csv;q=0.8", "application/json")]
    [InlineData("application/json;q=0.1, application/*;q=0.9", "application/x-ndjson")]
    [InlineData("text/csv;q=0, */*", "application/json")]
    [InlineData("application/json;q=0, */*;q=0.1", "application/x-ndjson")]
    [InlineData("application/*;q=0, */*;q=0.1", "text/csv")]
    [InlineData("image/png", null)]
    [InlineData("text/csv;q=0", null)]
    [InlineData("nonsense", null)]
    public void Choose_ByRangesAndQualities_TakesWhatIsWantedMost(string? accept, string? chosen)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Accept = accept;
        AcceptedMedia.Choose(context.Request, "application/json", "application/x-ndjson", "text/csv").ShouldBe(chosen);
    }
}
