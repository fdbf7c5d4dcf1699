using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Platform.Api.Json;
using Platform.Api.Sessions;
using Platform.Sessions;

namespace Platform.Api.Tests.Sessions;

/// <summary>The answer to a look at a session is written by hand; what it must say is what the serializer says.</summary>
public sealed class SessionTextTests
{
    private static readonly string[] Names =
        ["owner", "a", "Ærøskøbing", "o'brien", "\"quoted\"\\", "<script>&amp;", "\u0001\t\u007f", "日本語", "😀 smile", "\ud83d", "x\udc00y", "é", "\u2028", new('w', 256), new('\u0001', 256)];

    private static readonly string[] Methods = ["pwd", "otp", "sms", "mfa"];

    [Fact]
    public void Write_OfAnySession_IsWhatTheSerializerWrites() =>
        Prop.ForAll(Views.ToArbitrary(), made =>
        {
            var (view, now) = made;
            Write(view, now).ShouldBe(Serialize(now is { } asked ? SessionBody.Of(view, asked) : SessionBody.Of(view)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Write_OfTimesWithAndWithoutAFraction_CutsZerosAsTheSerializerDoes()
    {
        foreach (var ticks in (long[])[0, 1, 10, 1_000_000, 1_234_567, 1_200_000, 9_999_999, 10_000_000])
        {
            var view = View("owner", Permissions.Read, [], new DateTimeOffset(638_000_000_000_000_000 + ticks, TimeSpan.Zero), SessionScope.Full);
            Write(view, now: null).ShouldBe(Serialize(SessionBody.Of(view)));
        }
    }

    [Fact]
    public void Write_AllocatesNothing()
    {
        var view = View("owner", Permissions.Read | Permissions.Edit, ["pwd", "otp"], DateTimeOffset.UnixEpoch, SessionScope.Full);
        var text = new byte[SessionText.MaxLength];
        for (var i = 0; i < 2_000; i++) SessionText.Write(text, view, DateTimeOffset.UnixEpoch);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) SessionText.Write(text, view, DateTimeOffset.UnixEpoch);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static Gen<(SessionView View, DateTimeOffset? Now)> Views =>
        from name in Gen.Elements(Names)
        from permissions in Gen.Choose(0, 31)
        from methods in Gen.SubListOf(Methods)
        from seconds in Gen.Choose(0, int.MaxValue)
        from ticks in Gen.Choose(0, 9_999_999)
        from full in Gen.Elements(true, false)
        from left in Gen.Choose(-100_000, 100_000)
        from asked in Gen.Elements(true, false)
        let time = DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(ticks)
        select (View(name, (Permissions)permissions, [.. methods], time, full ? SessionScope.Full : SessionScope.Enrolment), asked ? time.AddSeconds(left) : (DateTimeOffset?)null);

    private static SessionView View(string name, Permissions permissions, ImmutableArray<string> methods, DateTimeOffset time, SessionScope scope) => new()
    {
        Id = SessionId.From(Guid.CreateVersion7(time)),
        TenantId = TenantId.From(Guid.CreateVersion7(time)),
        UserId = UserId.From(Guid.CreateVersion7(time)),
        Subject = new SessionSubject(name, permissions),
        CreatedAt = time,
        LastActivityAt = time.AddTicks(1),
        IdleExpiresAt = time.AddMinutes(30),
        AbsoluteExpiresAt = time.AddDays(1).AddTicks(3),
        AuthenticationMethods = methods,
        Scope = scope,
    };

    private static string Write(SessionView view, DateTimeOffset? now)
    {
        var text = new byte[SessionText.MaxLength];
        return Encoding.UTF8.GetString(text.AsSpan(0, SessionText.Write(text, view, now)));
    }

    private static string Serialize(SessionBody body)
    {
        var options = new Microsoft.AspNetCore.Http.Json.JsonOptions().SerializerOptions;
        JsonConventions.Apply(options);
        return JsonSerializer.Serialize(body, options);
    }
}
