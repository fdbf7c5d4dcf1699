using FsCheck;
using FsCheck.Fluent;
using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class PasswordHashTests
{
    private const string Password = "Quiet-Harbour-71";
    private const string Salt = "c2l4dGVlbi1ieXRlLXNsdA";
    private const string Hash = "NAAvZCH3B8DOEwbMc0pIhDlhSro6MD+yHbZbK1xOZJ4";

    /// <summary>Mostly of those that a stored hash is written with.</summary>
    private static readonly Gen<char> AnyCharacter = Gen.OneOf(
        Gen.Elements("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/$=,-_ \n\0".ToCharArray()),
        ArbMap.Default.GeneratorFor<char>());

    /// <summary>Made with the command-line program of the reference implementation.</summary>
    [Theory, Trait("Threat", "T77")]
    [InlineData(Password, $"$argon2id$v=19$m=19456,t=2,p=1${Salt}${Hash}")]
    [InlineData("Grün-Haus_77 am See", "$argon2id$v=19$m=19456,t=3,p=1$YWJjZGVmZ2hpamtsbW5vcA$9Pp60dyjHjUoEH7mGIlNHxO3CAix2so4pC9OAqCbSHg")]
    [InlineData("ЖукНаДереве-42", "$argon2id$v=19$m=65536,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$mpmzWQ+J0vqHcC6bqmzJPf6PWJnff2BVwcHusa6gOoM")]
    [InlineData("password", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM")]
    public void Verify_HashOfTheReferenceImplementation_Matches(string password, string stored)
    {
        var hash = Parsed(stored);
        hash.Format().ShouldBe(stored);
        hash.Verify(password).ShouldBeTrue();
        hash.Verify(password + " ").ShouldBeFalse();
        hash.Verify(password[..^1]).ShouldBeFalse();
        hash.Verify("").ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T77")]
    public void Of_AnyPassword_IsReadBackAndVerifies() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), Cost(), (password, cost) =>
    {
        var stored = PasswordHash.Of(password.Get, cost).Format();
        var read = Parsed(stored);
        return read.Format() == stored && read.Cost == cost && read.Verify(password.Get) && stored != PasswordHash.Of(password.Get, cost).Format();
    }).QuickCheckThrowOnFailure();

    [Fact, Trait("Threat", "T77")]
    public void Verify_StoredHashWithACharacterChanged_NeverMatches()
    {
        var stored = PasswordHash.Of(Password, CheapHashing.Cost).Format();
        var mutants = from at in Gen.Choose(0, stored.Length - 1)
                      from character in AnyCharacter
                      from kind in Gen.Choose(0, 2)
                      select kind switch
                      {
                          0 => stored[..at] + character + stored[(at + 1)..],
                          1 => stored[..at] + character + stored[at..],
                          _ => stored.Remove(at, 1),
                      };
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(Arb.From(mutants.Where(mutant => mutant != stored)), mutant => !PasswordHash.TryParse(mutant, out var parsed) || !parsed.Verify(Password)));
    }

    [Fact]
    public void TryParse_AnyText_IsRefused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text => !PasswordHash.TryParse(text.Get, out _)).QuickCheckThrowOnFailure();

    [Theory, Trait("Threat", "T77")]
    [InlineData("m=4,t=2,p=1")]
    [InlineData("m=0,t=2,p=1")]
    [InlineData("m=1048577,t=2,p=1")]
    [InlineData("m=2147483648,t=2,p=1")]
    [InlineData("m=18446744073709571072,t=2,p=1")]
    [InlineData("m=019456,t=2,p=1")]
    [InlineData("m=+19456,t=2,p=1")]
    [InlineData("m=-19456,t=2,p=1")]
    [InlineData("m= 19456,t=2,p=1")]
    [InlineData("m=19,456,t=2,p=1")]
    [InlineData("m=١٩٤٥٦,t=2,p=1")]
    [InlineData("m=,t=2,p=1")]
    [InlineData("m=19456,t=0,p=1")]
    [InlineData("m=19456,t=02,p=1")]
    [InlineData("m=19456,t=101,p=1")]
    [InlineData("m=19456,t=4294967298,p=1")]
    [InlineData("m=19456,t=2,p=2")]
    [InlineData("m=19456,t=2,p=01")]
    [InlineData("m=19456,t=2")]
    [InlineData("t=2,m=19456,p=1")]
    [InlineData("m=19456,t=2,p=1,keyid=a")]
    public void TryParse_CostThatIsNotInBounds_IsRefused(string cost) => PasswordHash.TryParse($"$argon2id$v=19${cost}${Salt}${Hash}", out _).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData($"argon2id$v=19$m=19456,t=2,p=1${Salt}${Hash}")]
    [InlineData($"$argon2i$v=19$m=19456,t=2,p=1${Salt}${Hash}")]
    [InlineData($"$argon2d$v=19$m=19456,t=2,p=1${Salt}${Hash}")]
    [InlineData($"$ARGON2ID$v=19$m=19456,t=2,p=1${Salt}${Hash}")]
    [InlineData($"$argon2id$v=16$m=19456,t=2,p=1${Salt}${Hash}")]
    [InlineData($"$argon2id$m=19456,t=2,p=1${Salt}${Hash}")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}$")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}${Hash}=")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}==${Hash}=")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}${Hash}\n")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}AAAA${Hash}")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}$AAAA{Hash}")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbi1ieXRlLXNsdB${Hash}")]
    [InlineData($"$argon2id$v=19$m=19456,t=2,p=1${Salt}$NAAvZCH3B8DOEwbMc0pIhDlhSro6MD-yHbZbK1xOZJ4")]
    [InlineData("AQAAAAIAAzRQAAAAEGV4YW1wbGVleGFtcGxlZXhhbXBsZQ==")]
    public void TryParse_AnotherFormOrSpelling_IsRefused(string stored) => PasswordHash.TryParse(stored, out _).ShouldBeFalse();

    [Fact]
    public void TryParse_EndlessText_TakesNoMemory()
    {
        string[] hostile =
        [
            new string('$', 1_000_000),
            "$argon2id$v=19$m=" + new string('9', 1_000_000),
            $"$argon2id$v=19$m=1048577,t=2,p=1${Salt}${Hash}",
            "$argon2id$v=19$m=19456,t=2,p=1$" + new string('A', 1_000_000),
        ];
        foreach (var text in hostile) PasswordHash.TryParse(text, out _).ShouldBeFalse();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var text in hostile) PasswordHash.TryParse(text, out _).ShouldBeFalse();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(50_000);
    }

    [Fact]
    public void ToString_Always_PrintsNoHash() => Parsed($"$argon2id$v=19$m=19456,t=2,p=1${Salt}${Hash}").ToString().ShouldBe(nameof(PasswordHash));

    private static Arbitrary<Argon2Cost> Cost() =>
        Arb.From(from memory in Gen.Choose(Argon2Cost.LeastMemoryKiB, 128) from passes in Gen.Choose(Argon2Cost.LeastPasses, 3) select new Argon2Cost(memory, passes));

    private static PasswordHash Parsed(string text) => PasswordHash.TryParse(text, out var parsed) ? parsed : throw new InvalidDataException("Not a stored hash.");
}
