using Microsoft.AspNetCore.Http;
using Platform.Api.Requests;

namespace Platform.Api.Tests.Requests;

public sealed class IssuerTests
{
    private readonly Issuer _issuer = new();

    [Theory]
    [InlineData("platform.example", "https://platform.example")]
    [InlineData("PLATFORM.example:443", "https://platform.example")]
    [InlineData("localhost:8443", "https://localhost:8443")]
    [InlineData("[::1]:8443", "https://[::1]:8443")]
    [InlineData("", null)]
    public void Of_HostThatWasAsked_IsItsOriginInOneSpelling(string host, string? issuer) => Of(host).ShouldBe(issuer);

    [Fact]
    public void Of_HostsInTurn_AreNotMixedUp()
    {
        foreach (var host in new[] { "a.example", "b.example", "a.example", "a.example:8443" }) Of(host).ShouldBe("https://" + host);
        Of("a.example").ShouldBe("https://a.example");
        ReferenceEquals(Of("a.example"), Of("a.example")).ShouldBeTrue("a back end that asks again costs no text");
    }

    private string? Of(string host)
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString(host);
        return _issuer.Of(context.Request);
    }
}
