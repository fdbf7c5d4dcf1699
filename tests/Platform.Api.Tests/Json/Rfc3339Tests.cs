using System.Globalization;
using Platform.Api.Json;

namespace Platform.Api.Tests.Json;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-11-28T03:13:50Z", "2026-11-28T03:13:50.0000000Z")]
    [InlineData("2026-11-28t03:13:50.5z", "2026-11-28T03:13:50.5000000Z")]
    [InlineData("2026-11-28T03:13:50.686189799Z", "2026-11-28T03:13:50.6861897Z")]
    [InlineData("2026-11-28T03:13:50.99999999999999999999Z", "2026-11-28T03:13:50.9999999Z")]
    [InlineData("2026-11-28T03:13:50.12+05:30", "2026-11-27T21:43:50.1200000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.0000000Z")]
    [InlineData("1990-12-31T15:59:60.25-08:00", "1991-01-01T00:00:00.2500000Z")]
    public void TryParse_AllThatTheStandardAllows_IsRead(string text, string utc)
    {
        Rfc3339.TryParse(text, out var time).ShouldBeTrue();
        time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture).ShouldBe(utc);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-28")]
    [InlineData("2026-11-28T03:13:50")]
    [InlineData("2026-11-28T03:13:61Z")]
    [InlineData("2026-02-30T03:13:50Z")]
    [InlineData("2026-11-28T24:00:00Z")]
    [InlineData("2026-11-28T03:13:50.Z")]
    [InlineData("2026-11-28T03:13:50Z\n")]
    [InlineData("2026-11-28T03:13:50Z\0")]
    [InlineData("٢٠٢٦-11-28T03:13:50Z")]
    [InlineData("2026-11-28T03:13:50.0000000000000000000000000000000000000000000000000Z")]
    [InlineData("9999-12-31T23:59:60Z")]
    public void TryParse_AnythingElse_IsRefused(string text) => Rfc3339.TryParse(text, out _).ShouldBeFalse();
}
