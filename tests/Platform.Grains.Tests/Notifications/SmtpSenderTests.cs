using System.Collections.Immutable;
using System.Text;
using Platform.Notifications;

namespace Platform.Grains.Tests.Notifications;

/// <summary>The real sender against a server on this machine.</summary>
public sealed class SmtpSenderTests
{
    [Fact]
    public async Task Send_ServerWithStartTls_DeliversAndSaysNothingBeforeEncryption()
    {
        await using var server = new SmtpServer(offersTls: true);
        var message = Message();

        await Sender(server).SendAsync(message, Timeout);

        server.InTheClear.Select(line => line.Split(' ')[0].ToUpperInvariant()).ShouldBe(["EHLO", "STARTTLS"]);
        server.Encrypted.ShouldContain(line => line.StartsWith("MAIL FROM:<no-reply@platform.invalid>", StringComparison.OrdinalIgnoreCase));
        server.Encrypted.ShouldContain(line => line.StartsWith("RCPT TO:<bob@example.com>", StringComparison.OrdinalIgnoreCase));
        server.Encrypted.ShouldContain(line => line.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes("mailer-secret"))));
        server.Message.ShouldContain($"Message-ID: <{message.Id:N}@platform.invalid>", Case.Insensitive);
        server.Message.ShouldContain("Auto-Submitted: auto-generated", Case.Insensitive);
        var read = Read(server.Message);
        read.Subject.ShouldBe("Größe & Co: your password was changed");
        (read.TextBody?.ReplaceLineEndings("\n").Trim(), read.HtmlBody?.ReplaceLineEndings("\n").Trim()).ShouldBe((message.Text, message.Html));
    }

    [Fact]
    public async Task Send_ServerWithoutStartTls_SendsNoMailAndNoCredentials()
    {
        await using var server = new SmtpServer(offersTls: false);

        await Should.ThrowAsync<NotSupportedException>(() => Sender(server).SendAsync(Message(), Timeout));

        server.InTheClear.ShouldAllBe(line => line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase) || line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase));
        server.Message.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_ServerWithACertificateThatNobodyTrusts_SendsNothing()
    {
        await using var server = new SmtpServer(offersTls: true);

        await Should.ThrowAsync<MailKit.Security.SslHandshakeException>(() => new SmtpSender(Options(server)).SendAsync(Message(), Timeout));

        server.Encrypted.ShouldBeEmpty();
        server.Message.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_ImplicitTls_DeliversAndSaysNothingInTheClear()
    {
        await using var server = new SmtpServer(offersTls: false, implicitTls: true);
        var options = Options(server);
        options.ImplicitTls = true;

        await Sender(server, options).SendAsync(Message(), Timeout);

        server.InTheClear.ShouldBeEmpty();
        server.Encrypted.ShouldContain(line => line.StartsWith("RCPT TO:<bob@example.com>", StringComparison.OrdinalIgnoreCase));
        Read(server.Message).TextBody!.ShouldContain("Your password was changed.");
    }

    [Fact]
    public async Task Send_ServerThatSpeaksInTheClearWhereTlsIsExpected_ReceivesNothing()
    {
        await using var server = new SmtpServer(offersTls: true);
        var options = Options(server);
        options.ImplicitTls = true;

        await Should.ThrowAsync<MailKit.Security.SslHandshakeException>(() => Sender(server, options).SendAsync(Message(), Timeout));

        server.Message.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_WithAnAccessToken_ReadsItAnewForEachMessage()
    {
        await using var server = new SmtpServer(offersTls: true, authentication: "XOAUTH2");
        var file = Path.GetTempFileName();
        var options = new SmtpOptions { Host = "localhost", Port = server.Port, Username = "mailer", AccessTokenFile = file };
        foreach (var token in new[] { "first-token", "second-token" })
        {
            await File.WriteAllTextAsync(file, token + "\n");
            await Sender(server, options).SendAsync(Message(), Timeout);
            var expected = Convert.ToBase64String(Encoding.ASCII.GetBytes($"user=mailer\u0001auth=Bearer {token}\u0001\u0001"));
            server.Encrypted.ShouldContain(line => line == $"AUTH XOAUTH2 {expected}");
        }

        File.Delete(file);
    }

    [Theory]
    [InlineData("bob@example.com, eve@example.com")]
    [InlineData("bob@example.com\r\nBcc: eve@example.com")]
    public async Task Send_ToWhatIsNotOneAddress_SendsNothing(string to)
    {
        await using var server = new SmtpServer(offersTls: true);
        await Should.ThrowAsync<MimeKit.ParseException>(() => Sender(server).SendAsync(Message() with { To = to }, Timeout));
        server.InTheClear.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(465, null, true)]
    [InlineData(587, null, false)]
    [InlineData(465, false, false)]
    [InlineData(2465, true, true)]
    public void ImplicitTls_ByPortUnlessSaid(int port, bool? said, bool expected) =>
        new SmtpOptions { Port = port, ImplicitTls = said }.IsImplicitTls.ShouldBe(expected);

    [Fact]
    public void Options_TokenWithoutUserOrBesideAPassword_AreRefused()
    {
        Errors(new SmtpOptions { AccessTokenFile = "token" }).ShouldContain(error => error.EndsWith("Smtp:AccessTokenFile needs Username.", StringComparison.Ordinal));
        Errors(new SmtpOptions { AccessTokenFile = "token", Username = "mailer", Password = "secret" }).ShouldHaveSingleItem().ShouldContain("not both");
        Errors(new SmtpOptions { From = "nobody" }).ShouldHaveSingleItem().ShouldContain("Smtp:From");
        Errors(new SmtpOptions()).ShouldBeEmpty();

        static IEnumerable<string> Errors(SmtpOptions smtp) => new NotificationOptionsValidator().Validate(name: null, new NotificationOptions { Smtp = smtp }).Failures ?? [];
    }

    private static CancellationToken Timeout => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private static SmtpOptions Options(SmtpServer server) => new() { Host = "localhost", Port = server.Port, Username = "mailer", Password = "mailer-secret" };

    /// <summary>Trusts exactly the server's certificate.</summary>
    private static SmtpSender Sender(SmtpServer server, SmtpOptions? options = null) =>
        new(options ?? Options(server)) { Trust = (_, presented, _, _) => server.Certificate.IsSame(presented) };

    private static Notification Message() => new()
    {
        Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Channel = NotificationChannel.Email,
        To = "bob@example.com",
        Template = "password_changed",
        Subject = "Größe & Co: your password was changed",
        Text = "Your password was changed.\n\nAsk for help.",
        Html = "<p>Your password was changed.</p>\n<p>Ask for help.</p>",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Data = ImmutableSortedDictionary<string, string>.Empty,
    };

    /// <summary>As a mail program does. Lines end as RFC 5322 says, in the parts too: a bare line feed would be encoded.</summary>
    private static MimeKit.MimeMessage Read(string message)
    {
        message.ShouldNotContain("=0A");
        return MimeKit.MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(message)));
    }
}
