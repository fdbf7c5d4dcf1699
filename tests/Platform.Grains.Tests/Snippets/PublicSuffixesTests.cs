using System.Globalization;
using Platform.Snippets;

namespace Platform.Grains.Tests.Snippets;

/// <summary>Against the test data that comes with the list (publicsuffix.org, public domain).</summary>
public sealed class PublicSuffixesTests
{
    private const string Call = "checkPublicSuffix(";

    public static TheoryData<string, string?> Vectors()
    {
        var vectors = new TheoryData<string, string?>();
        using var reader = new StreamReader(typeof(PublicSuffixesTests).Assembly.GetManifestResourceStream("test_psl.txt")!);
        while (reader.ReadLine() is { } line)
        {
            // checkPublicSuffix('b.example.com', 'example.com'); without quotes it is null. Not one of those that are commented out, nor the one without a name.
            if (line.StartsWith(Call + "'", StringComparison.Ordinal) && line[Call.Length..].Split('\'') is [_, var domain, _, .. var rest]) vectors.Add(domain, rest is [var registrable, ..] ? registrable : null);
        }

        return vectors;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Contains_OfficialVectors_KnowsWhatNobodyOwnsAsAWhole(string domain, string? registrable)
    {
        var idn = new IdnMapping();
        if (registrable is not null) PublicSuffixes.Contains(idn.GetAscii(registrable)).ShouldBeFalse();
        else if (!domain.StartsWith('.')) PublicSuffixes.Contains(idn.GetAscii(domain.ToLowerInvariant())).ShouldBeTrue();
    }
}
