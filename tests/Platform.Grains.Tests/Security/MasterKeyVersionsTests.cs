using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Platform.Security;

namespace Platform.Grains.Tests.Security;

/// <summary>A master key while it is rotated: several versions, one of which wraps.</summary>
public sealed class MasterKeyVersionsTests
{
    private const string Purpose = "purpose";

    /// <summary>However often it is rotated and whatever was wrapped when.</summary>
    [Fact, Trait("Threat", "T77")]
    public void Unwrap_WhatAnyHeldVersionWrapped_OpensForItsPurposeOnly() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<byte[]>>(),
        secrets =>
        {
            var first = RandomNumberGenerator.GetBytes(32);
            using var master = new MasterKey(first);
            var wrapped = new List<(byte[] Secret, byte[] Wrapped)>();
            foreach (var secret in secrets.Get.Select(bytes => bytes ?? []))
            {
                wrapped.Add((secret, master.Wrap(secret, Purpose).ToArray()));
                var next = new MasterKeyVersion(RandomNumberGenerator.GetBytes(32));
                master.Add(next);
                wrapped.Add((secret, master.Wrap(secret, Purpose).ToArray()));
                master.Use(next.Fingerprint.AsSpan(), formerMayCall: true);
                wrapped.Add((secret, master.Wrap(secret, Purpose).ToArray()));
                if (!master.IsByCurrent(wrapped[^1].Wrapped) || master.IsByCurrent(wrapped[^2].Wrapped)) return false;
            }

            foreach (var (secret, bytes) in wrapped)
            {
                if (!master.Unwrap(bytes, Purpose).AsSpan().SequenceEqual(secret)) return false;
                if (Opens(master, bytes, "another")) return false;
            }

            master.ForgetOthers();
            return wrapped.TrueForAll(one => Opens(master, one.Wrapped, Purpose) == master.IsByCurrent(one.Wrapped));
        }).QuickCheckThrowOnFailure();

    /// <summary>As every version of the platform before has written it, and still writes it until the first rotation.</summary>
    [Fact]
    public void Unwrap_WithoutName_IsOfTheFirstKey() =>
        Prop.ForAll<byte[], bool>((secret, beginsLikeAName) => OpensUnnamed(secret ?? [], beginsLikeAName)).QuickCheckThrowOnFailure();

    [Fact]
    public void Unwrap_AnyBytes_AreRefusedAndNothingElse() => Prop.ForAll<byte[], bool>((bytes, named) =>
    {
        using var master = new MasterKey(RandomNumberGenerator.GetBytes(32));
        master.Add(new MasterKeyVersion(RandomNumberGenerator.GetBytes(32)));
        return !Opens(master, named ? [1, .. master.Current.Fingerprint.AsSpan(0, 4), .. bytes ?? []] : bytes ?? [], Purpose);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Wrap_BeforeAnyRotation_IsWhatEarlierVersionsOpen()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        using var master = new MasterKey(key);
        using var aes = new AesGcm(key, SealedBytes.TagSize);

        SealedBytes.Open(aes, master.Wrap("secret"u8, Purpose).AsSpan(), Encoding.UTF8.GetBytes(Purpose)).ShouldBe("secret"u8.ToArray());
    }

    [Fact]
    public void Use_KeyThatIsNotHeld_IsRefused()
    {
        using var master = new MasterKey(new byte[32]);

        Should.Throw<InvalidOperationException>(() => master.Use(new byte[32], formerMayCall: true));
    }

    /// <summary>Indexes, tags and hashes that lie in tables and in customers' hands were made with what follows from the first key.</summary>
    [Fact]
    public void IndexKey_OfTheFirstMasterKey_DerivesWhatWasDerivedBeforeAndStaysWhenTheKeyChanges()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        using var master = new MasterKey(key);
        var before = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, salt: [], info: "name-index"u8.ToArray());
        var index = IndexKey.Of(master);
        index.Derive("name-index").ShouldBe(before);

        var next = new MasterKeyVersion(RandomNumberGenerator.GetBytes(32));
        var stored = index.WrapBy(next, named: true);
        using var rotated = new MasterKey(next);
        var read = IndexKey.Of(rotated);
        read.Derive("name-index").ShouldNotBe(before);
        read.Take(rotated, stored);

        read.Derive("name-index").ShouldBe(before);
        Should.Throw<CryptographicException>(() => read.Take(master, stored));
    }

    private static bool OpensUnnamed(byte[] secret, bool beginsLikeAName)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        using var master = new MasterKey(key);
        var next = new MasterKeyVersion(RandomNumberGenerator.GetBytes(32));
        master.Add(next);
        master.Use(next.Fingerprint.AsSpan(), formerMayCall: true);
        var nonce = RandomNumberGenerator.GetBytes(12);
        if (beginsLikeAName) next.Wrap([], Purpose, named: true).AsSpan(0, MasterKeyVersion.NameSize).CopyTo(nonce);
        using var aes = new AesGcm(key, SealedBytes.TagSize);
        var (sealedBytes, tag) = (new byte[secret.Length], new byte[SealedBytes.TagSize]);
        aes.Encrypt(nonce, secret, sealedBytes, tag, Encoding.UTF8.GetBytes(Purpose));
        return master.Unwrap([.. nonce, .. sealedBytes, .. tag], Purpose).AsSpan().SequenceEqual(secret);
    }

    private static bool Opens(MasterKey master, byte[] wrapped, string purpose)
    {
        try
        {
            master.Unwrap(wrapped, purpose);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
