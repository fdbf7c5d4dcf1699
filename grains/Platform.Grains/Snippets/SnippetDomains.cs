using System.Buffers;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace Platform.Snippets;

/// <summary>Reads the domains that people name, into the one form in which browsers write them. What a snippet cannot work on is refused with the reason.</summary>
internal sealed class SnippetDomains(IOptions<SnippetOptions> options, IOptions<PlatformOptions> platform)
{
    /// <summary>RFC 1035.</summary>
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    /// <summary>What stands in addresses around a host name, and is in none.</summary>
    private static readonly SearchValues<char> OfUrls = SearchValues.Create("/\\@?#%:[] *");

    /// <summary>UTS 46: case, width and composed characters are mapped, what is no letter of a host name is refused.</summary>
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private readonly bool _localSites = options.Value.AllowLocalSites ?? platform.Value.Environment == SnippetOptions.DevelopmentEnvironment;

    /// <summary>Sites on the developer's own machine: they are proven by nobody, and work at once.</summary>
    public bool IsLocal(string domain)
    {
        var host = DomainChallenges.PlaceOf(domain);
        return _localSites && (host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal) || host.EndsWith(".test", StringComparison.Ordinal));
    }

    /// <param name="text">As people write it.</param>
    /// <param name="domain">In A-labels, lower case, without a trailing dot.</param>
    /// <param name="fault">What to do, where this is no domain for a snippet.</param>
    public bool TryRead(string text, out string domain, out string fault)
    {
        (domain, fault) = ("", "");
        var (host, port) = Split(text);
        var wildcard = DomainNames.IsWildcard(host);
        host = DomainNames.WithoutWildcard(host);
        if (host.Length == 0 || host.AsSpan().ContainsAny(OfUrls)) return Refused("Give a host name such as www.example.com, without scheme, path or user.", out fault);

        if (!TryToAscii(host, out var ascii)) return Refused("This is no host name (RFC 1123, UTS 46).", out fault);

        // As it is read, digits of other scripts and full-width dots included; and the spellings that URL parsers take for addresses: 0x7f.1, 017700000001, 2130706433.
        if (IPAddress.TryParse(ascii, out _) || IsNumeric(ascii)) return Refused("Give a host name; addresses cannot be proven.", out fault);
        if (port is not null && !IsLocal(ascii)) return Refused("Ports are for sites on a developer's own machine only.", out fault);
        if (port is not null && (port.Length > 5 || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or 443))
        {
            return Refused("Give a port of 1 to 65535 without leading zeros; 443 is left out.", out fault);
        }

        if (port is ['0', ..]) return Refused("Give a port of 1 to 65535 without leading zeros; 443 is left out.", out fault);
        if (!IsLocal(ascii))
        {
            if (!ascii.Contains('.', StringComparison.Ordinal)) return Refused("One label is no domain that anybody can prove.", out fault);
            if (IsReserved(ascii)) return Refused("This name is reserved; nobody can prove it.", out fault);
            if (PublicSuffixes.Contains(ascii)) return Refused("Strangers register names below this one; nobody owns it as a whole.", out fault);
        }

        domain = (wildcard ? DomainNames.WildcardBelow(ascii) : ascii) + (port is null ? "" : ":" + port);
        return true;
    }

    private static bool Refused(string reason, out string fault)
    {
        fault = reason;
        return false;
    }

    private static (string Host, string? Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool IsNumeric(string host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        return last.Length > 0 && (last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit)));
    }

    /// <summary>Names of private networks, of addresses and of nothing (RFC 6761, 6762, 7686): no public name server answers for them.</summary>
    private static bool IsReserved(string host) => host[(host.LastIndexOf('.') + 1)..] is "localhost" or "local" or "internal" or "invalid" or "onion" or "arpa";

    private static bool TryToAscii(string host, out string ascii)
    {
        ascii = "";
        try
        {
            ascii = Idn.GetAscii(host).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false;
        }

        return ascii.Length <= MaxLength
            && ascii.Split('.').All(label => label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-' && !label.AsSpan().ContainsAnyExcept(DomainNames.LabelCharacters));
    }
}
