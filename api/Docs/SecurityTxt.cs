using System.Globalization;
using System.Text;
using Platform.Api.EmbeddedFiles;
using Platform.Api.Requests;

namespace Platform.Api.Docs;

/// <summary><c>/.well-known/security.txt</c> (RFC 9116). Computed, so that it never runs out: it holds for half a year from the day on which it is read. Signed where a key is configured (decision 0100).</summary>
internal sealed class SecurityTxt(IOptions<SecurityTxtOptions> options, TimeProvider time)
{
    /// <summary>Recommended: less than a year.</summary>
    private const int DaysToExpiry = 180;

    private readonly Lazy<SecurityTxtSigner?> _signer = new(() =>
        options.Value is { SigningKey: { Length: > 0 } key } set ? SecurityTxtSigner.Open(key, set.SigningKeyPassphraseFile, time) : null);

    public static FileContentHttpResult Get(SecurityTxt file, HttpRequest request, HttpResponse response)
    {
        response.Headers.CacheControl = "no-cache";
        var text = Encoding.UTF8.GetBytes(file.Read(request));
        return TypedResults.Bytes(text, "text/plain; charset=utf-8", entityTag: EmbeddedFile.TagOf(text));
    }

    private string Read(HttpRequest request)
    {
        var text = Write(request);
        return _signer.Value is { } signer ? signer.Sign(text) : text;
    }

    private string Write(HttpRequest request)
    {
        var set = options.Value;
        var platform = set.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? OwnOrigin.Of(request);
        var expires = time.GetUtcNow().UtcDateTime.Date.AddDays(DaysToExpiry);
        var text = new StringBuilder();
        foreach (var contact in set.Contacts) text.Append("Contact: ").Append(contact).Append("\r\n");
        text.Append("Contact: ").Append(platform).Append("/security#report\r\n");
        text.Append("Expires: ").Append(expires.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)).Append("\r\n");
        text.Append("Preferred-Languages: ").AppendJoin(", ", set.Languages is [] ? ["en"] : set.Languages).Append("\r\n");
        text.Append("Canonical: ").Append(platform).Append("/.well-known/security.txt\r\n");
        text.Append("Policy: ").Append(platform).Append("/security\r\n");
        return text.ToString();
    }
}
