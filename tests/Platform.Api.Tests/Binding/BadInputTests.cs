using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Platform.Api.Tests.Binding;

public sealed class BadInputTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const int Limit = 64 * 1024;

    public static TheoryData<string> Malformed => new(
        "",
        "null",
        "[]",
        "7",
        "\"text\"",
        "{",
        "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\"",
        "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\",}",
        "{'tenant':'a'}",
        "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\"} trailing",
        "{\"tenant\":\"a\",\"tenant\":\"z\",\"username\":\"b\",\"password\":\"c\"}",
        "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"\\ud800\"}",
        "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\",\"\\ud800\":1}",
        "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"\\u00zz\"}",
        "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\" /* comment */}",
        "{\"tenant\":NaN,\"username\":\"b\",\"password\":\"c\"}",
        "\ufeff{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\"}",
        "{\"x\":" + new string('[', 40) + new string(']', 40) + ",\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\"}",
        new string('[', 10_000));

    [Theory]
    [MemberData(nameof(Malformed))]
    [Trait("Threat", "T65")]
    public async Task Body_Malformed_Is400(string body) =>
        (await host.SendAsync("POST", "/v1/sign-in", body)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");

    [Fact]
    [Trait("Threat", "T65")]
    public async Task Body_OfInvalidUtf8_Is400()
    {
        byte[] body = [.. "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8];

        (await host.SendAsync("POST", "/v1/sign-in", Content(body, "application/json"))).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Theory]
    [Trait("Threat", "T60")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/problem+json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Body_OfAnotherMediaType_Is415(string? type)
    {
        var body = Content("{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\"}"u8.ToArray(), type);

        (await host.SendAsync("POST", "/v1/sign-in", body)).ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task Body_OfAnotherMediaType_IsToldWhichIsTaken() =>
        (await host.SendAsync("POST", "/v1/sign-in", Content("x"u8.ToArray(), "text/plain"))).String("detail").ShouldBe("Send application/json in UTF-8, without Content-Encoding.");

    [Theory]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    public async Task Body_OfUtf8HoweverItIsLabelled_IsRead(string type) =>
        (await host.SendAsync("POST", "/v1/sign-in", Content("{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\"}"u8.ToArray(), type))).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");

    [Fact]
    [Trait("Threat", "T65")]
    public async Task Body_Compressed_Is415AndNotUnpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) await gzip.WriteAsync(new byte[10_000_000]);
        var body = Content(packed.ToArray(), "application/json");
        body.Headers.ContentEncoding.Add("gzip");

        (await host.SendAsync("POST", "/v1/sign-in", body)).ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [Trait("Threat", "T65")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_OfMoreThan64KiB_Is413(bool chunked)
    {
        var json = Encoding.UTF8.GetBytes("{\"tenant\":\"" + new string('a', Limit) + "\"}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sign-in") { Content = Content(json, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;

        var response = await host.Client.SendAsync(request);

        new Answer(response.StatusCode, response, await response.Content.ReadAsStringAsync()).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task Body_OfExactly64KiB_IsRead()
    {
        var json = "{\"tenant\":\"a\",\"username\":\"b\",\"password\":\"c\"}".PadRight(Limit);

        (await host.SendAsync("POST", "/v1/sign-in", json)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    [Fact]
    public async Task Body_BeforeASessionIsKnown_IsNotRead()
    {
        (await host.SendAsync("POST", "/v1/me/password", "malformed")).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.SendAsync("PATCH", "/v1/tenants/platform", Content([1], "text/plain"))).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    private static ByteArrayContent Content(byte[] bytes, string? type)
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }
}
