namespace Platform.Api.Tests.Sessions;

/// <summary>
/// Mann-Whitney rank test (normal approximation) of two samples of the same size. <see cref="Precedence"/> estimates how often a value of the first is
/// below one of the second; a half means that they cannot be told apart. No assumption about how the values are distributed.
/// </summary>
internal sealed record RankTest(double Precedence, double Z)
{
    public static RankTest Compare(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var ranked = first.Select(v => (Value: v, First: true)).Concat(second.Select(v => (Value: v, First: false))).OrderBy(v => v.Value).ToArray();
        double rankSum = 0;
        for (var i = 0; i < ranked.Length;)
        {
            var tied = i;
            while (tied < ranked.Length && ranked[tied].Value == ranked[i].Value) tied++;
            var rank = (i + 1 + tied) / 2.0;
            for (; i < tied; i++) rankSum += ranked[i].First ? rank : 0;
        }

        double n = first.Count, m = second.Count;
        var above = rankSum - (n * (n + 1) / 2);
        var precedence = 1 - (above / (n * m));
        return new RankTest(precedence, (precedence - 0.5) / Deviation(first.Count));
    }

    /// <summary>The least precedence, beyond a half, that samples of this size show as |Z| over <paramref name="limit"/> nine times of ten.</summary>
    public static double Detectable(int size, double limit) => 0.5 + ((limit + 1.2816) * Deviation(size));

    private static double Deviation(int size) => Math.Sqrt(((2.0 * size) + 1) / (12.0 * size * size));
}
