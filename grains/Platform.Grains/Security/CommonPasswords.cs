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
    private const int MaxNegligibleLetters = 3;

    private const int MinPredictableDigits = 3;

    /// <summary>Words that the list of passwords leaves out although people use them like its own.</summary>
    private static readonly string[] Own =
    [
        .. "january february march april may june july august september october november december wednesday thursday saturday autumn fall".Split(' '),
        .. "herbst fruehling maerz juni juli willkommen bienvenue abc abcd abcdef abcdefg".Split(' '),
        .. "michael jennifer daniel thomas robert ashley jessica bailey paris germany france england family father baby".Split(' '),
        .. "root guest user login system change temporary administrator customer insight session platform owner manager tenant company office".Split(' '),
        .. "facebook android bitcoin basketball chocolate gold happy smile".Split(' '),
    ];

    private static readonly Lazy<Lists> Known = new(Lists.Read);

    /// <param name="password">Normalised (<see cref="PasswordPolicy.Normalise"/>).</param>
    public static bool Contains(string password)
    {
        var lower = password.ToLowerInvariant();
        return IsSequence(lower) || IsWhole(lower) || HasStem(lower);
    }

    /// <summary>As it is, or without its symbols: "India@123" is "india123".</summary>
    private static bool IsWhole(string lower) =>
        Known.Value.Whole.Contains(Fold(lower)) || Known.Value.Whole.Contains(Fold(string.Concat(lower.Where(char.IsLetterOrDigit))));

    /// <summary>With what stands around it taken away. Where a look-alike ends the word it may be part of either, so each cut is tried.</summary>
    private static bool HasStem(string lower)
    {
        var folded = Fold(lower);
        var (leading, trailing) = (lower.TakeWhile(IsDecoration).Count(), lower.Reverse().TakeWhile(IsDecoration).Count());
        if (leading == lower.Length || leading > MaxDecorations || trailing > MaxDecorations) return false;
        for (var start = 0; start <= leading; start++)
        {
            for (var end = lower.Length - trailing; end <= lower.Length; end++)
            {
                var stem = folded.AsSpan(start, end - start);
                if (Known.Value.Stems.Contains(stem)) return true;
                var before = lower.AsSpan(0, start);
                var after = lower.AsSpan(end);
                if (!ArePredictable(before) || !ArePredictable(after)) continue;
                if (stem.Length > MaxNegligibleLetters ? Known.Value.Words.Contains(stem) : Math.Max(LongestDigits(before), LongestDigits(after)) >= Math.Max(MinPredictableDigits, lower.Length / 2)) return true;
            }
        }

        return false;
    }

    private static bool IsDecoration(char c) => !char.IsLetter(c);

    /// <summary>Symbols, and digits that everybody adds: one or two, those again and again, a run up or down (0 follows 9), a year.</summary>
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

    private static string Fold(string text) => string.Create(text.Length, text, static (folded, text) =>
    {
        for (var i = 0; i < text.Length; i++) folded[i] = Fold(text[i]);
    });

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
    private sealed record Lists(HashSet<string> Whole, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Stems, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words)
    {
        public static Lists Read()
        {
            var passwords = ReadList("common-passwords.txt");
            return new Lists(
                Fold(passwords),
                Fold([.. Own, .. passwords.Where(password => password.Length >= MinStem && password.All(char.IsLetter))]).GetAlternateLookup<ReadOnlySpan<char>>(),
                Fold(ReadList("common-words.txt")).GetAlternateLookup<ReadOnlySpan<char>>());
        }

        private static HashSet<string> Fold(IEnumerable<string> words) => words.Select(CommonPasswords.Fold).ToHashSet(StringComparer.Ordinal);

        private static string[] ReadList(string name)
        {
            using var reader = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
