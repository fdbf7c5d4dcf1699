using FsCheck;
using FsCheck.Fluent;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

public sealed class SignInHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ClientInfo Home = new("198.51.100.7", "curl/8.5.0");
    private static readonly StoredSignInHistory Known = SignInHistory.With(null, Home, Now).Next;

    [Theory]
    [InlineData("198.51.100.7", "curl/8.5.0", false)]
    [InlineData("198.51.100.99", "curl/9.0.0", false)]
    [InlineData("198.51.101.7", "curl/8.5.0", true)]
    [InlineData("198.51.100.7", "wget/1.0", true)]
    [InlineData("198.51.100.7", null, true)]
    [InlineData(null, "curl/8.5.0", true)]
    public void With_ASignIn_TellsOfWhatIsNew(string? ip, string? userAgent, bool told) => SignInHistory.With(Known, new ClientInfo(ip, userAgent), Now.AddDays(1)).Tell.ShouldBe(told);

    [Fact]
    public void With_TheFirstSignIn_TellsNobody()
    {
        SignInHistory.With(null, Home, Now).Tell.ShouldBeFalse();
        (Known.Devices.ShouldHaveSingleItem().Name, Known.Networks.ShouldHaveSingleItem().Name).ShouldBe(("curl", "198.51.100.0/24"));
    }

    [Theory]
    [InlineData(89, false)]
    [InlineData(90, true)]
    public void With_WhatWasNotSeenForDays_IsNewAgain(int days, bool told) => SignInHistory.With(Known, Home, Now.AddDays(days)).Tell.ShouldBe(told);

    /// <summary>What a clock ahead of now has stored neither makes a device known nor uses notices up.</summary>
    [Fact]
    public void With_TimesFromAClockAhead_TellsAllTheSame()
    {
        var ahead = Known with { Devices = [new SeenAtSignIn("wget", Now.AddDays(30))], NoticesAt = [.. Enumerable.Repeat(Now.AddDays(30), SignInHistory.NoticesPerDay)] };
        SignInHistory.With(ahead, Home with { UserAgent = "wget/1.0" }, Now).Tell.ShouldBeTrue();
    }

    [Fact, Trait("Threat", "T3")]
    public void With_AnySignIns_StaysSmallAndTellsFiveTimesADay() =>
        Prop.ForAll(Gen.Choose(0, 40).Zip(Gen.Choose(0, 40)).Zip(Gen.Choose(0, 300)).ListOf().ToArbitrary(), steps =>
        {
            var (history, now, told) = (Known, Now, new List<DateTimeOffset>());
            foreach (var ((network, device), minutes) in steps)
            {
                now = now.AddMinutes(minutes);
                (history, var tell) = SignInHistory.With(history, new ClientInfo($"10.0.{network}.1", $"agent-{device}/1"), now);
                if (tell) told.Add(now);
                if (history.Devices.Length > SignInHistory.MaxDevices || history.Networks.Length > SignInHistory.MaxNetworks || history.NoticesAt.Length > SignInHistory.NoticesPerDay) return false;
                if (history.Devices[^1].Name != $"agent-{device}" || SignInHistory.With(history, new ClientInfo($"10.0.{network}.9", $"agent-{device}/2"), now).Tell) return false;
            }

            return told.TrueForAll(at => told.Count(other => other >= at && other < at.AddDays(1)) <= SignInHistory.NoticesPerDay);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
