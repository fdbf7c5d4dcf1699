namespace Platform.Api.Tests.Docs;

/// <summary>The requests that people send from their IDE.</summary>
public sealed class HttpFileTests(PlatformHost host, ITestOutputHelper output) : IClassFixture<PlatformHost>
{
    private static readonly string Folder = Path.Combine(Repository.Root, "api", "http");

    [Fact]
    public async Task Requests_SentFromTheTopToTheBottom_AreAnsweredAsTheirTitlesSay()
    {
        // The second goes on with the tenant that the first makes.
        string[] names = ["tour.http", "snippets.http"];
        Directory.GetFiles(Folder).Select(Path.GetFileName).ShouldBe(names, ignoreOrder: true);
        foreach (var name in names) await SendAsync(HttpFile.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name))));
    }

    private async Task SendAsync(HttpFile file)
    {
        file.Requests.Count.ShouldBeGreaterThan(5);
        file.Variables["platform"] = host.Address.GetLeftPart(UriPartial.Authority);
        if (file.Variables.ContainsKey("operatorPassword")) file.Variables["operatorPassword"] = PlatformHost.OperatorPassword;
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var request in file.Requests)
        {
            var answer = await SendAsync(request, text => file.Fill(text, answers));
            output.WriteLine($"{request.Title}: {(int)answer.Status} {answer.Text}");
            ((int)answer.Status).ShouldBe(request.Expected, $"{request.Title}: {answer.Text}");
            if (request.Name is not null) answers.Add(request.Name, answer.Json);
        }
    }

    private async Task<Answer> SendAsync(HttpFileRequest request, Func<string, string> fill)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), fill(request.Url));
        if (request.Body is not null) message.Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(fill(request.Body)));
        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, fill(value))) message.Content!.Headers.TryAddWithoutValidation(name, fill(value)).ShouldBeTrue(name);
        }

        using var response = await host.Client.SendAsync(message);
        return new Answer(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }
}
