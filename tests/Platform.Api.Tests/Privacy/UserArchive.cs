using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Platform.Api.Tests.Privacy;

/// <summary>An export, read back.</summary>
internal sealed class UserArchive
{
    private readonly Dictionary<string, string> _files;

    private UserArchive(Dictionary<string, string> files) => _files = files;

    public IEnumerable<string> Names => _files.Keys;

    public string All => string.Join('\n', _files.Values);

    public string this[string name] => _files[name];

    public static UserArchive Of(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        return new UserArchive(archive.Entries.ToDictionary(entry => entry.FullName, Read, StringComparer.Ordinal));

        static string Read(ZipArchiveEntry entry)
        {
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            return reader.ReadToEnd();
        }
    }

    public JsonElement Json(string name) => JsonDocument.Parse(_files[name]).RootElement;

    public JsonElement[] Lines(string name) => [.. _files[name].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}

/// <summary>What tests do about privacy, by intent.</summary>
internal static class PrivacyCalls
{
    public static string PathOf(TestUser user) => $"/v1/tenants/{user.Slug}/users/{user.Id}";

    public static Task<Answer> TryExportAsync(this PlatformHost host, TestUser user, string? token) => host.SendAsync("POST", $"{PathOf(user)}/export", token: token);

    public static async Task<UserArchive> ExportAsync(this PlatformHost host, TestUser user, string token)
    {
        using var request = ExportRequest(user, token);
        using var response = await host.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        response.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldMatch($"^{user.Id}-[0-9]{{8}}\\.zip$");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return UserArchive.Of(await response.Content.ReadAsByteArrayAsync());
    }

    public static Task<Answer> EraseAsync(this PlatformHost host, TestUser user, string? token) => host.SendAsync("POST", $"{PathOf(user)}/erase", token: token);

    public static HttpRequestMessage ExportRequest(TestUser user, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{PathOf(user)}/export");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
