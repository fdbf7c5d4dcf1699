using System.Net;
using System.Text;

namespace Platform.Storage.Tests.Clustering;

/// <summary>Text forms and hashes of Orleans that stand in rows of the database: a version that writes them otherwise shows here, not as lost rows.</summary>
public sealed class TextFormTests
{
    [Theory]
    [InlineData("account", -201589510)]
    [InlineData("1_ses", 1069718302)]
    public void StableHash_OfText_IsTheOneInExistingRows(string text, int hash) => unchecked((int)StableHash.ComputeHash(Encoding.UTF8.GetBytes(text))).ShouldBe(hash);

    [Fact]
    public void GrainId_ParsedAndWritten_IsTheSame()
    {
        var id = GrainId.Parse("ses/a/b+c");
        id.Type.ToString().ShouldBe("ses");
        id.Key.ToString().ShouldBe("a/b+c");
        id.ToString().ShouldBe("ses/a/b+c");
    }

    [Fact]
    public void AddressOfASilo_ParsedAndWritten_IsTheSame()
    {
        var silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111), 154355714);
        silo.ToParsableString().ShouldBe("127.0.0.1:11111@154355714");
        SiloAddress.FromParsableString(silo.ToParsableString()).ShouldBe(silo);
        Should.Throw<FormatException>(() => SiloAddress.FromParsableString("127.0.0.1"));
    }

    [Fact]
    public void IdOfAnActivation_ParsedAndWritten_IsTheSame()
    {
        var id = ActivationId.FromParsableString("@0123456789abcdef0123456789abcdef");
        id.ToParsableString().ShouldBe("@0123456789abcdef0123456789abcdef");
        Should.Throw<FormatException>(() => ActivationId.FromParsableString("0123456789abcdef0123456789abcdef"));
    }
}
