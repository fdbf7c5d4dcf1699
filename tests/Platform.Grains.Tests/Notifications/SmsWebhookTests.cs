using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Grains.Tests.Hosting;
using Platform.Notifications;

namespace Platform.Grains.Tests.Notifications;

/// <summary>A platform that hands its text messages to a gateway: a real HTTPS server, the real sender, the real outbox.</summary>
public sealed class SmsWebhookTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Sms_WithAGateway_IsPostedOnceWithASignatureThatVerifies()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var silo = await SiloHost.StartAsync(gateway.Use);

        await EnqueueAsync(silo);

        var (body, signature) = await gateway.Received.ReadAsync(Timeout);
        using var json = JsonDocument.Parse(body);
        json.RootElement.GetProperty("channel").GetString().ShouldBe("sms");
        json.RootElement.GetProperty("to").GetString().ShouldBe("+4915112345678");
        json.RootElement.GetProperty("template").GetString().ShouldBe("sign_in_code");
        json.RootElement.GetProperty("data").GetProperty("code").GetString().ShouldBe("123456");
        var parts = signature.Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts["t"], CultureInfo.InvariantCulture)).ShouldBe(silo.Time.GetUtcNow(), TimeSpan.FromSeconds(1));
        parts["v1"].ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{parts["t"]}.{body}"))));
        Directory.Exists(Path.Combine(silo.Folder, "outbox")).ShouldBeFalse("what the gateway took lies nowhere else");
    }

    [Fact]
    public async Task Sms_GatewayRefusesOrRedirectsFirst_IsPostedAgain()
    {
        await using var gateway = await Gateway.StartAsync(StatusCodes.Status503ServiceUnavailable, StatusCodes.Status307TemporaryRedirect, StatusCodes.Status429TooManyRequests);
        await using var silo = await SiloHost.StartAsync(gateway.Use);
        await EnqueueAsync(silo);

        // The worker postpones what was refused, at its own side; what is due when is the clock's to say.
        var timeout = Timeout;
        while (!gateway.Received.TryPeek(out _))
        {
            timeout.ThrowIfCancellationRequested();
            silo.Time.Advance(TimeSpan.FromHours(2));
            await silo.Service<NotificationWorker>().DeliverAsync(timeout);
        }

        gateway.RefusalsLeft.ShouldBe(0);
        gateway.Followed.ShouldBe(0, "a redirect is a refusal");
        (await gateway.Received.ReadAsync(Timeout)).Body.ShouldContain("123456");
    }

    [Theory]
    [InlineData("https://sms.example/in", true)]
    [InlineData("http://127.0.0.1:8080/in", true)]
    [InlineData("http://sms.example/in", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("ftp://127.0.0.1/in", false)]
    public void Webhook_ByItsScheme_IsTakenOrStopsTheStart(string url, bool taken) => new NotificationOptionsValidator()
        .Validate(name: null, new NotificationOptions { Sms = new SmsOptions { WebhookUrl = new Uri(url), WebhookSecret = Secret } }).Succeeded.ShouldBe(taken);

    private static CancellationToken Timeout => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private static Task EnqueueAsync(SiloHost silo)
    {
        var notifier = silo.Service<Notifier>();
        var message = notifier.Compose(NotificationChannel.Sms, tenant: null, PrefixedId.New<UserId>(silo.Time), "+4915112345678", NotificationTemplates.SignInCode, ("tenant", "acme"), ("code", "123456"));
        return notifier.EnqueueAsync([message], default);
    }

    private sealed class Gateway : IAsyncDisposable
    {
        private readonly X509Certificate2 _certificate = LocalCertificate.Create();
        private readonly Channel<(string Body, string Signature)> _received = Channel.CreateUnbounded<(string, string)>();
        private readonly ConcurrentQueue<int> _refusals;
        private readonly WebApplication _app;
        private int _followed;

        private Gateway(int[] refusals)
        {
            _refusals = new ConcurrentQueue<int>(refusals);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = _certificate));
            builder.WebHost.UseUrls("https://127.0.0.1:0");
            _app = builder.Build();
            _app.MapPost("/sms", TakeAsync);
            _app.MapPost("/elsewhere", () => Interlocked.Increment(ref _followed));
        }

        public ChannelReader<(string Body, string Signature)> Received => _received.Reader;

        /// <summary>Still to come. Two deliveries can be under way at once: the worker's own and the test's.</summary>
        public int RefusalsLeft => _refusals.Count;

        /// <summary>Redirects that the sender has followed.</summary>
        public int Followed => Volatile.Read(ref _followed);

        public static async Task<Gateway> StartAsync(params int[] refusals)
        {
            var gateway = new Gateway(refusals);
            await gateway._app.StartAsync();
            return gateway;
        }

        /// <summary>Exactly this gateway's certificate is trusted.</summary>
        public void Use(IServiceCollection services)
        {
            services.Configure<NotificationOptions>(options => options.Sms = new SmsOptions { WebhookUrl = new Uri($"{_app.Urls.First()}/sms"), WebhookSecret = Secret });
            services.AddHttpClient(nameof(SmsWebhookSender)).ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, presented, _, _) => _certificate.IsSame(presented),
            });
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _certificate.Dispose();
        }

        private async Task<IResult> TakeAsync(HttpRequest request)
        {
            if (_refusals.TryDequeue(out var refusal)) return refusal == StatusCodes.Status307TemporaryRedirect ? Results.Redirect("/elsewhere", preserveMethod: true) : Results.StatusCode(refusal);
            MediaTypeHeaderValue.Parse(request.ContentType!).MediaType.ShouldBe("application/json");
            using var reader = new StreamReader(request.Body);
            _received.Writer.TryWrite((await reader.ReadToEndAsync(), request.Headers["Platform-Signature"].ToString()));
            return Results.NoContent();
        }
    }
}
