using System.Net;
using System.Text;
using Orleans;
using Orleans.Runtime;

namespace Platform.StandIns.Tests.Contract;

/// <summary>Values that databases hold: both runtimes must give the same.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData("account", -201589510)]
    [InlineData("1_ses", 1069718302)]
    public void StableHash_OfText_IsTheOneInExistingRows(string text, int hash) => unchecked((int)StableHash.ComputeHash(Encoding.UTF8.GetBytes(text))).ShouldBe(hash);

    [Theory]
    [InlineData("timer/remind_real", -305496164)]
    public void GetUniformHashCode_OfGrainId_IsTheOneInExistingRows(string id, int hash) => unchecked((int)GrainId.Parse(id).GetUniformHashCode()).ShouldBe(hash);

    [Fact]
    public void GrainId_ParsedAndWritten_IsTheSame()
    {
        var id = GrainId.Parse("ses/a/b+c");
        id.Type.ToString().ShouldBe("ses");
        id.Key.ToString().ShouldBe("a/b+c");
        id.ShouldBe(GrainId.Create("ses", "a/b+c"));
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

    [Theory]
    [InlineData("sys.svc.clustering.silo/x", true, false)]
    [InlineData("sys.client/x", false, true)]
    [InlineData("session/ses_1", false, false)]
    public void GrainId_OfTheRuntimesOwn_IsToldByItsPrefix(string id, bool systemTarget, bool client)
    {
        GrainId.Parse(id).IsSystemTarget().ShouldBe(systemTarget);
        GrainId.Parse(id).IsClient().ShouldBe(client);
    }
}
