using System.Text;

namespace Platform.Hosting.MasterKeys;

/// <summary>A program and its arguments in one text. Double quotes hold words with blanks together; nothing else has a meaning, since no shell reads it.</summary>
internal static class CommandWords
{
    /// <summary>Null: empty, or a quote is not closed.</summary>
    public static IReadOnlyList<string>? TryParse(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, begun) = (false, false);
        foreach (var character in text)
        {
            if (character == '"')
            {
                (quoted, begun) = (!quoted, true);
            }
            else if (quoted || !char.IsWhiteSpace(character))
            {
                word.Append(character);
                begun = true;
            }
            else if (begun)
            {
                words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
        }

        if (begun) words.Add(word.ToString());
        return quoted || words.Count == 0 || words[0].Length == 0 ? null : words;
    }
}
