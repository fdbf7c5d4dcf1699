using Microsoft.AspNetCore.Http;
using Platform.Api.Authentication;

namespace Platform.Api.Tests.Authentication;

public sealed class CredentialTests
{
    [Theory]
    [Trait("Threat", "T37")]
    [InlineData("__Host-sid=good", "good")]
    [InlineData("a=b; __Host-sid=good; c=d", "good")]
    [InlineData("a=b;__Host-sid=good", "good")]
    [InlineData("__host-SID=evil; __Host-sid=good", "good")]
    [InlineData("x__Host-sid=evil; __Host-sid=good", "good")]
    [InlineData("__Host-sid=evil; __Host-sid=good", "")]
    [InlineData("__Host-sid=good; __Host-sid=good", "")]
    [InlineData("__host-SID=good", "")]
    [InlineData("__Host-sid", "")]
    [InlineData("__Host-sid =good", "")]
    [InlineData("$Version=1; __Host-sid=good", "")]
    [InlineData("__Host-sid=good; $Path=/", "")]
    [InlineData(";;; ; =", "")]
    [InlineData("", "")]
    public void Read_OfCookies_TakesTheOneOfExactlyOurName(string header, string expected) =>
        Credential.Read(new HeaderDictionary { ["Cookie"] = header }).Token.ToString().ShouldBe(expected);

    [Fact]
    [Trait("Threat", "T37")]
    public void Read_OfTwoCookieHeaders_CountsThemTogether() =>
        Credential.Read(new HeaderDictionary { ["Cookie"] = new[] { "__Host-sid=evil", "__Host-sid=good" } }).Token.IsEmpty.ShouldBeTrue();

    [Theory]
    [InlineData("Bearer good", "good", true)]
    [InlineData("bearer good", "good", true)]
    [InlineData("Bearer  good ", "good", true)]
    [InlineData("Bearer", "", true)]
    [InlineData("Bearergood", "cookie", false)]
    [InlineData("Basic Z29vZA==", "cookie", false)]
    public void Read_OfAuthorization_PutsABearerBeforeTheCookie(string header, string expected, bool bearer)
    {
        var credential = Credential.Read(new HeaderDictionary { ["Authorization"] = header, ["Cookie"] = "__Host-sid=cookie" });

        credential.Token.ToString().ShouldBe(expected);
        credential.IsBearer.ShouldBe(bearer);
        credential.HasCookie.ShouldBeTrue();
    }

    [Fact]
    public void Read_OfTwoAuthorizations_TakesNone() =>
        Credential.Read(new HeaderDictionary { ["Authorization"] = new[] { "Bearer a", "Bearer b" } }).Token.IsEmpty.ShouldBeTrue();

    [Fact]
    public void Read_AllocatesNothing()
    {
        var headers = new HeaderDictionary { ["Cookie"] = "a=b; __Host-sid=good; c=d", ["Authorization"] = "Bearer good" };
        for (var i = 0; i < 1_000; i++) _ = Credential.Read(headers);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) _ = Credential.Read(headers);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
