namespace Platform.IpRules;

/// <summary>Blocks of addresses, merged and sorted: asking takes the logarithm of their number.</summary>
public sealed class IpRanges
{
    private readonly Family _v4;
    private readonly Family _v6;

    private readonly record struct Family(UInt128[] Firsts, UInt128[] Lasts);

    public IpRanges(IEnumerable<Cidr> blocks)
    {
        var all = blocks.ToLookup(b => b.First.IsV6);
        (_v4, _v6) = (Merge(all[false]), Merge(all[true]));
    }

    public bool IsEmpty => _v4.Firsts.Length == 0 && _v6.Firsts.Length == 0;

    public bool Contains(IpNumber address)
    {
        var family = address.IsV6 ? _v6 : _v4;
        var at = Array.BinarySearch(family.Firsts, address.Value);
        if (at < 0) at = ~at - 1;
        return at >= 0 && address.Value <= family.Lasts[at];
    }

    /// <summary>Two blocks are either apart or one holds the other, so those that begin within the one before are inside it.</summary>
    private static Family Merge(IEnumerable<Cidr> blocks)
    {
        var firsts = new List<UInt128>();
        var lasts = new List<UInt128>();
        foreach (var block in blocks.OrderBy(b => b.First.Value).ThenBy(b => b.PrefixLength))
        {
            if (lasts.Count > 0 && block.First.Value <= lasts[^1]) continue;
            firsts.Add(block.First.Value);
            lasts.Add(block.Last.Value);
        }

        return new Family([.. firsts], [.. lasts]);
    }
}
