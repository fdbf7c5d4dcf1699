using System.CommandLine;
using Platform.Benchmarks;
using Platform.Benchmarks.Compare;

namespace Platform.Benchmarks.Tests.Compare;

/// <summary>What <c>./run compare</c> understands.</summary>
public sealed class CompareOptionsTests
{
    [Fact]
    public void Read_WithoutOptions_IsBounded() =>
        CompareOptions.Read(Parse()).ShouldBe(new CompareOptions(5, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5), 64, Json: null, Svg: null, Output: null));

    [Fact]
    public void Read_AllOptions_AreTaken() =>
        CompareOptions.Read(Parse("--rounds", "9", "--seconds", "2", "--warm-up", "1", "--connections", "200", "--json", "a.json", "--svg", "a.svg", "--out", "a.md"))
            .ShouldBe(new CompareOptions(9, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 200, "a.json", "a.svg", "a.md"));

    [Theory]
    [InlineData(10, 10)]
    [InlineData(200, 64)]
    public void Sessions_AtMostAsManyAsAUserHas(int connections, int sessions) =>
        CompareOptions.Read(Parse("--connections", $"{connections}")).Sessions.ShouldBe(sessions);

    [Theory]
    [InlineData("--rounds", "0")]
    [InlineData("--seconds", "61")]
    [InlineData("--warm-up", "0")]
    [InlineData("--connections", "1001")]
    [InlineData("--connections", "many")]
    [InlineData("--url", "https://example.com")]
    public void Parse_OutsideBoundsOrUnknown_IsAnError(params string[] arguments) => Parse(arguments).Errors.ShouldNotBeEmpty();

    [Theory]
    [InlineData("Host=127.0.0.1;Port=5432;Username=owner")]
    [InlineData("Host=::1;Username=owner")]
    [InlineData("Host=localhost;Username=owner")]
    [InlineData("Host=/var/run/postgresql;Username=owner")]
    public void LoopbackOnly_ThisMachine_IsTaken(string connection) => LoopbackOnly.Check(connection, "VARIABLE").ShouldBe(connection);

    [Theory]
    [InlineData("Host=192.0.2.1;Username=owner")]
    [InlineData("Host=db.example.com;Username=owner")]
    [InlineData("Host=127.0.0.1,192.0.2.1;Username=owner")]
    [InlineData("Username=owner")]
    [InlineData("nothing")]
    public void LoopbackOnly_AnotherOrNone_IsRefused(string connection) =>
        Should.Throw<UsageException>(() => LoopbackOnly.Check(connection, "VARIABLE")).Message.ShouldStartWith("VARIABLE ");

    private static ParseResult Parse(params string[] arguments) =>
        Commands.Create("compare", "", CompareOptions.All, (_, _) => Task.FromResult(0)).Parse(arguments);
}
