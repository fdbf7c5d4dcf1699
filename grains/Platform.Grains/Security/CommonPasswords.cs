using System.Buffers;

namespace Platform.Security;

/// <summary>
/// Recognises common passwords by how people make them: one that is often leaked, or a well-known word, with letters replaced by look-alikes and digits and symbols around it.
/// "P@ssw0rd1!" and "Summer2024!" fall together with "password" and "summer" (decision 67).
/// </summary>
internal static class CommonPasswords
{
    /// <summary>More of them make a password that is not the word any more.</summary>
    private const int MaxDecorations = 12;

    /// <summary>Shorter ones are parts of too much that is random.</summary>
    private const int MinStem = 4;

    /// <summary>Up to so many letters add nothing to digits that everybody adds, where those are half of the password.</summary>
    private const int MaxLettersWithoutWeight = 3;

    private const int MinPredictableDigits = 3;

    /// <summary>What this platform is about, months and seasons in two languages, and short words that the lists leave to stand alone.</summary>
    private static readonly string[] Own =
    [
        "abc", "abcd", "fall", "may", "pass", "root", "user", "test", "sommer", "herbst", "fruehling", "januar", "februar", "maerz", "juni", "juli", "oktober", "dezember",
        "passwort", "geheim", "willkommen", "motdepasse", "bienvenue", "contrasena", "senha", "haslo", "wachtwoord", "administrator", "insider", "customer", "insight", "session",
        "platform", "operator", "owner", "manager", "tenant",
    ];

    private static readonly Lazy<Lists> Known = new(Lists.Read);

    /// <param name="password">Normalised (<see cref="PasswordPolicy.Normalise"/>).</param>
    public static bool Contains(string password)
    {
        var lower = password.ToLowerInvariant();
        if (IsSequence(lower)) return true;
        var folded = ArrayPool<char>.Shared.Rent(lower.Length);
        try
        {
            return IsWhole(lower, folded) || HasStem(lower, folded);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(folded, clearArray: true);
        }
    }

    /// <summary>As it is, or without its symbols: "India@123" is "india123".</summary>
    private static bool IsWhole(string lower, Span<char> folded)
    {
        var length = 0;
        foreach (var c in lower) folded[length++] = Fold(c);
        if (Known.Value.Whole.Contains(folded[..length])) return true;
        length = 0;
        foreach (var c in lower)
        {
            if (char.IsLetterOrDigit(c)) folded[length++] = Fold(c);
        }

        return Known.Value.Whole.Contains(folded[..length]);
    }

    /// <summary>With what stands around it taken away. Where a look-alike ends the word it may be part of either, so each cut is tried.</summary>
    private static bool HasStem(string lower, Span<char> folded)
    {
        for (var i = 0; i < lower.Length; i++) folded[i] = Fold(lower[i]);
        var (first, last) = (lower.AsSpan().IndexOfFirstLetter(), lower.AsSpan().LastIndexOfLetter());
        if (first < 0 || first > MaxDecorations || lower.Length - 1 - last > MaxDecorations) return false;
        for (var start = 0; start <= first; start++)
        {
            for (var end = lower.Length; end > last; end--)
            {
                var stem = folded[start..end];
                if (Known.Value.Stems.Contains(stem)) return true;
                var before = lower.AsSpan(0, start);
                var after = lower.AsSpan(end);
                if (!ArePredictable(before) || !ArePredictable(after)) continue;
                if (stem.Length > MaxLettersWithoutWeight ? Known.Value.Words.Contains(stem) : Math.Max(LongestDigits(before), LongestDigits(after)) >= Math.Max(MinPredictableDigits, lower.Length / 2)) return true;
            }
        }

        return false;
    }

    /// <summary>Symbols, and digits that everybody adds: a run up or down (0 follows 9), one or two digits again and again, a year.</summary>
    private static bool ArePredictable(ReadOnlySpan<char> decorations)
    {
        while (!decorations.IsEmpty)
        {
            var end = 0;
            while (end < decorations.Length && char.IsAsciiDigit(decorations[end])) end++;
            if (end > 0 && !IsPredictable(decorations[..end])) return false;
            decorations = decorations[Math.Max(1, end)..];
        }

        return true;
    }

    private static int LongestDigits(ReadOnlySpan<char> text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = char.IsAsciiDigit(c) ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static bool IsPredictable(ReadOnlySpan<char> digits) =>
        IsRun(digits, 0) || IsRun(digits, 1) || IsRun(digits, 9) || IsPairRepeated(digits) || IsYear(digits);

    private static bool IsRun(ReadOnlySpan<char> digits, int step)
    {
        for (var i = 1; i < digits.Length; i++)
        {
            if ((digits[i - 1] - '0' + step) % 10 != digits[i] - '0') return false;
        }

        return true;
    }

    private static bool IsPairRepeated(ReadOnlySpan<char> digits)
    {
        for (var i = 2; i < digits.Length; i++)
        {
            if (digits[i] != digits[i - 2]) return false;
        }

        return digits.Length % 2 == 0;
    }

    private static bool IsYear(ReadOnlySpan<char> digits) => digits.Length == 4 && (digits.StartsWith("19") || digits.StartsWith("20"));

    /// <summary>Letters and what stands for them are one: the look-alike of i is that of l, too.</summary>
    private static char Fold(char c) => c switch
    {
        '0' => 'o',
        '1' or '!' or '|' or 'l' => 'i',
        '3' or '€' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' or '+' => 't',
        '8' => 'b',
        '9' => 'g',
        _ => c,
    };

    private static int IndexOfFirstLetter(this ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLetter(text[i])) return i;
        }

        return -1;
    }

    private static int LastIndexOfLetter(this ReadOnlySpan<char> text)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (char.IsLetter(text[i])) return i;
        }

        return -1;
    }

    /// <summary>One character repeated, or a run such as 12345678 or abcdefgh, but for at most two characters.</summary>
    private static bool IsSequence(string text)
    {
        int same = 0, up = 0, down = 0;
        for (var i = 1; i < text.Length; i++)
        {
            var step = text[i] - text[i - 1];
            if (step == 0) same++;
            if (step == 1) up++;
            if (step == -1) down++;
        }

        return text.Length > 3 && Math.Max(same, Math.Max(up, down)) >= text.Length - 3;
    }

    /// <summary>Folded; read at the first password that is set, some 6 MB.</summary>
    private sealed record Lists(
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Whole, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Stems, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words)
    {
        public static Lists Read()
        {
            var passwords = ReadList("common-passwords.txt");
            return new Lists(
                Lookup(passwords),
                Lookup([.. Own, .. passwords.Where(password => password.Length >= MinStem && password.All(char.IsLetter))]),
                Lookup(ReadList("common-words.txt")));
        }

        private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup(IEnumerable<string> words) =>
            words.Select(word => string.Create(word.Length, word, static (folded, word) =>
            {
                for (var i = 0; i < word.Length; i++) folded[i] = Fold(word[i]);
            })).ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

        private static List<string> ReadList(string name)
        {
            using var reader = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream(name)!);
            var lines = new List<string>();
            while (reader.ReadLine() is { } line) lines.Add(line);
            return lines;
        }
    }
}
