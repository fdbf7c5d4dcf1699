using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Platform.Api.Tokens;
using Platform.Security;

namespace Platform.Api.Tests.Tokens;

public sealed class ApiKeyTextTests
{
    private static readonly MasterKey Master = new(RandomNumberGenerator.GetBytes(32));

    private readonly ApiKeyText _texts = New("test");
    private readonly ApiKeyId _id = PrefixedId.New<ApiKeyId>(TimeProvider.System);
    private readonly TenantId _tenant = PrefixedId.New<TenantId>(TimeProvider.System);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(ApiKeyText.SecretSize);

    [Fact]
    public void Open_WhatWasMade_GivesItBack()
    {
        Span<byte> hash = stackalloc byte[ApiKeyText.HashSize];

        _texts.TryOpen(Make(), hash, out var id, out var tenant).ShouldBeTrue();

        (id, tenant).ShouldBe((_id, _tenant));
        hash.ToArray().ShouldBe(SHA256.HashData(_secret));
    }

    [Fact]
    public void Made_EndsInTheChecksumOfTheRest()
    {
        // The check value of CRC-32, as published.
        Checksum.Of("123456789").ShouldBe(0xCBF43926);
        var text = Make();

        Base62.TryRead(text.AsSpan()[^6..], out var checksum).ShouldBeTrue();

        checksum.ShouldBe(Checksum.Of(text.AsSpan()[..^6]));
    }

    [Fact]
    public void Made_OfKeysOfOneMoment_DifferInTheirPrefix() =>
        Enumerable.Range(0, 1_000).Select(_ => _texts.Make(PrefixedId.New<ApiKeyId>(TimeProvider.System), _tenant, _secret)[..ApiKeyText.PrefixLength]).ShouldBeUnique();

    [Fact]
    [Trait("Threat", "T35")]
    public void Open_AnyOtherCharacterAnywhere_IsRefused()
    {
        var text = Make();
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var other in "0Az_-.+ é\0")
            {
                if (text[at] != other) Opens(text[..at] + other + text[(at + 1)..]).ShouldBeFalse($"{at} {other}");
            }
        }

        for (var length = 0; length < text.Length; length++) Opens(text[..length]).ShouldBeFalse();
        Opens(text + "0").ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T33"), Trait("Threat", "T35")]
    public void Open_RightChecksumButAltered_IsRefused()
    {
        var text = Make();
        for (var at = ApiKeyText.Start.Length; at < text.Length - 6; at++)
        {
            Opens(WithChecksum(text[..at] + (text[at] == '1' ? '2' : '1') + text[(at + 1)..^6])).ShouldBeFalse($"{at}");
        }

        for (var i = 0; i < 1_000; i++) Opens(MadeUp()).ShouldBeFalse();
        Opens(WithChecksum(text[..^6])).ShouldBeTrue("the forger's checksum is right");
    }

    [Fact]
    [Trait("Threat", "T35")]
    public void Open_OfAnotherEnvironmentOrMasterKey_IsRefused()
    {
        var text = Make();

        Opens(text, New("production")).ShouldBeFalse();
        using var other = new MasterKey(RandomNumberGenerator.GetBytes(32));
        Opens(text, new ApiKeyText(IndexKey.Of(other), Options.Create(new PlatformOptions { Environment = "test" }))).ShouldBeFalse();
        Opens(text, New("test")).ShouldBeTrue();
    }

    [Fact]
    public void Base62_AnyNumber_HasOneForm()
    {
        Span<char> text = stackalloc char[Base62.BlockLength];
        foreach (var value in new[] { UInt128.Zero, UInt128.One, UInt128.MaxValue, UInt128.MaxValue - 1, UInt128.MaxValue / 62, (UInt128)ulong.MaxValue + 1 })
        {
            Base62.Write(value, text);
            Base62.TryRead(text, out var read).ShouldBeTrue();
            read.ShouldBe(value);
        }

        // One more than the largest, and all that follow: a second form of a small number otherwise.
        Base62.Write(UInt128.MaxValue, text);
        text[^1]++;
        Base62.TryRead(text, out _).ShouldBeFalse();
        Base62.TryRead(new string('z', Base62.BlockLength), out _).ShouldBeFalse();
    }

    /// <summary>What anybody can make up who knows the form.</summary>
    public static string MadeUp() => WithChecksum(ApiKeyText.Start + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef", 110));

    private static string WithChecksum(string text)
    {
        Span<char> checksum = stackalloc char[Base62.ChecksumLength];
        Base62.Write(Checksum.Of(text), checksum);
        return text + new string(checksum);
    }

    private static ApiKeyText New(string environment) => new(IndexKey.Of(Master), Options.Create(new PlatformOptions { Environment = environment }));

    private string Make() => _texts.Make(_id, _tenant, _secret);

    private bool Opens(string text, ApiKeyText? texts = null) => (texts ?? _texts).TryOpen(text, stackalloc byte[ApiKeyText.HashSize], out _, out _);
}
