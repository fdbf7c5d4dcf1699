using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Platform.Client;
using Platform.Client.Models;

/// <summary>What a client in C# does, by the classes that Kiota makes. Compiled with them by the test that runs it.</summary>
public static class Walk
{
    public static async Task<IReadOnlyList<string>> RunAsync(HttpClient http, string tenant, string username, string password)
    {
        var anonymous = Client(http, new AnonymousAuthenticationProvider());
        var answer = await anonymous.V1.SignIn.PostAsync(new SignInRequest { Tenant = tenant, Username = username, Password = password, Transport = SignInRequest_transport.Token });
        var token = answer?.SignedIn?.Token ?? throw new InvalidOperationException("Not signed in.");

        var platform = Client(http, new BaseBearerTokenAuthenticationProvider(new KnownToken(token)));
        await platform.V1.Session.Validate.PostAsync();
        var users = await platform.V1.Tenants[tenant].Users.GetAsync(request => request.QueryParameters.Limit = 10);
        var notes = users!.Items!.Select(user => $"{user.Username} {user.Status} {user.CreatedAt:yyyy}").ToList();
        try
        {
            await platform.V1.Tenants["nobody-here"].GetAsync();
        }
        catch (Problem problem)
        {
            notes.Add($"{problem.ResponseStatusCode} {problem.Code}");
        }

        try
        {
            await platform.V1.Tenants[tenant].PatchAsync(new TenantChangeRequest { SessionPolicy = new() { IdleTimeout = TimeSpan.Zero, AbsoluteTimeout = TimeSpan.FromHours(1) } });
        }
        catch (Problem problem)
        {
            notes.Add($"{problem.ResponseStatusCode} {problem.Code} {problem.Errors?.Single().Pointer}");
        }

        return notes;
    }

    private static PlatformClient Client(HttpClient http, IAuthenticationProvider authentication) =>
        new(new HttpClientRequestAdapter(authentication, httpClient: http) { BaseUrl = http.BaseAddress!.GetLeftPart(UriPartial.Authority) });

    private sealed class KnownToken(string token) : IAccessTokenProvider
    {
        public AllowedHostsValidator AllowedHostsValidator { get; } = new();

        public Task<string> GetAuthorizationTokenAsync(Uri uri, Dictionary<string, object>? context = null, CancellationToken cancellationToken = default) => Task.FromResult(token);
    }
}
