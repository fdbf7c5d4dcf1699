namespace Platform.Api.Requests;

/// <summary>The origin of the platform as the caller of a request knows it: the host that was asked, over HTTPS, as DNS has its name.</summary>
internal static class OwnOrigin
{
    public static string Of(HttpRequest request) => Of(request.Host);

    public static string Of(HostString host) => $"{Uri.UriSchemeHttps}://{host.ToUriComponent()}";
}
