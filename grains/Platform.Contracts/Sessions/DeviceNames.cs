namespace Platform.Sessions;

/// <summary>Readable names of browsers and programs, such as <c>Firefox on Windows</c>, from their user agents. For people who look through their sessions; a user agent proves nothing.</summary>
public static class DeviceNames
{
    private const int MaxProduct = 40;

    /// <summary>The first that is found counts: browsers also name those that they want to be taken for.</summary>
    private static readonly (string Sign, string Name)[] Programs =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("OPiOS/", "Opera"), ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex Browser"), ("SamsungBrowser/", "Samsung Internet"),
        ("DuckDuckGo/", "DuckDuckGo"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary>Null: the user agent says nothing, or there is none.</summary>
    public static string? Of(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent)) return null;
        var program = Find(Programs, userAgent) ?? ProductOf(userAgent);
        var system = Find(Systems, userAgent);
        return program is null ? system : system is null ? program : $"{program} on {system}";
    }

    private static string? Find((string Sign, string Name)[] known, string userAgent)
    {
        foreach (var (sign, name) in known)
        {
            if (userAgent.Contains(sign, StringComparison.Ordinal)) return name;
        }

        return null;
    }

    /// <summary>The first product without its version (RFC 9110, 10.1.5): a program that is no browser says what it is there.</summary>
    private static string? ProductOf(string userAgent)
    {
        var end = userAgent.AsSpan().IndexOfAny('/', ' ');
        var name = end < 0 ? userAgent : userAgent[..end];
        return name.Length is 0 or > MaxProduct || name == "Mozilla" || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? null : name;
    }
}
