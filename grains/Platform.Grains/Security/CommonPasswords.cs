using System.Collections.Frozen;

namespace Platform.Security;

/// <summary>
/// Recognises common passwords by how people make them: a well-known word, letters replaced by look-alikes, digits and symbols around it.
/// "P@ssw0rd1!" and "Summer2024!" fall together with "password" and "summer"; no list of millions is needed to refuse them.
/// </summary>
internal static class CommonPasswords
{
    private const int MaxDecorations = 6;

    private static readonly FrozenSet<string> Stems = (
        "password passwort passwd pass passw0rd motdepasse contrasena senha parola haslo wachtwoord geheim secret letmein welcome willkommen bienvenue "
        + "admin administrator root user guest test testing demo default changeme change temp temporary login signin master system server "
        + "qwerty qwertz azerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qweasd abc abcd abcdef abcdefg "
        + "iloveyou loveyou love lovely sunshine princess prince monkey dragon football baseball basketball soccer hockey tennis golf "
        + "superman batman spiderman pokemon starwars jedi naruto minecraft michael jennifer jordan daniel thomas robert ashley jessica charlie "
        + "summer winter spring autumn fall sommer winter herbst fruehling january february march april june july august september october november december "
        + "monday tuesday wednesday thursday friday saturday sunday "
        + "shadow hunter killer trustno freedom whatever computer internet google facebook microsoft windows apple samsung android company office "
        + "flower cookie chocolate cheese banana orange purple ginger pepper buster tigger maggie bailey buddy harley ranger jasmine matrix "
        + "hello hallo bonjour access mustang ferrari porsche mercedes london paris berlin america canada germany france england "
        + "family mother father baby angel diamond gold silver money bitcoin lucky happy smile forever heaven ninja samurai warrior "
        + "insider customer insight session platform operator owner manager")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    public static bool Contains(string password)
    {
        var lower = password.ToLowerInvariant();
        return Candidates(lower).Any(Stems.Contains) || IsSequence(lower);
    }

    /// <summary>The word with up to six decorations taken off either end, read as typed and with look-alikes undone.</summary>
    private static IEnumerable<string> Candidates(string lower)
    {
        foreach (var text in new[] { lower, Unleet(lower, 'i'), Unleet(lower, 'l') })
        {
            for (var start = 0; start <= MaxDecorations && start < text.Length; start++)
            {
                for (var end = 0; end <= MaxDecorations && start + end < text.Length; end++)
                {
                    if (!IsDecoration(lower.AsSpan(lower.Length - end)) || !IsDecoration(lower.AsSpan(0, start))) continue;
                    yield return text[start..^end];
                }
            }
        }
    }

    private static bool IsDecoration(ReadOnlySpan<char> part)
    {
        foreach (var c in part)
        {
            if (char.IsLetter(c)) return false;
        }

        return true;
    }

    private static string Unleet(string text, char one) => string.Create(text.Length, (text, one), static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = source.text[i] switch
            {
                '0' => 'o',
                '1' or '!' or '|' => source.one,
                '3' or '€' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' or '+' => 't',
                '8' => 'b',
                '9' => 'g',
                var other => other,
            };
        }
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
}
