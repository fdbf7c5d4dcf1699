using FsCheck;
using FsCheck.Fluent;

namespace Platform.Grains.Tests;

public sealed class IdTests
{
    [Fact]
    public void TryParse_WhatWasPrinted_GivesTheSameId() => Prop.ForAll(ArbMap.Default.ArbFor<Guid>(), value =>
        SessionId.TryParse(SessionId.From(value).ToString(), out var id) && id.Value == value).QuickCheckThrowOnFailure();

    [Theory, Trait("Threat", "T47")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ses_")]
    [InlineData("usr_0192f0c0e0a07000800000000000000a")]
    [InlineData("ses_0192F0C0E0A07000800000000000000A")]
    [InlineData("ses_0192f0c0e0a0700080000000000000")]
    [InlineData("ses_0192f0c0-e0a0-7000-8000-00000000000a")]
    [InlineData("ses_0192f0c0e0a07000800000000000000a ")]
    [InlineData("ses_{192f0c0e0a07000800000000000000}")]
    public void TryParse_AnythingElse_IsRefused(string? text) => SessionId.TryParse(text, out _).ShouldBeFalse();
}
