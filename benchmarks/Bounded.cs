using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Platform.Benchmarks;

/// <summary>The call cannot be made as it was asked for; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Options whose values have bounds. Help and errors name them.</summary>
internal static class Bounded
{
    public static Option<int> Number(string name, string description, int otherwise, int least, int most) =>
        Bound(new Option<int>(name) { Description = Text(description, Number(least), Number(most)), DefaultValueFactory = _ => otherwise, HelpName = "N" }, least, most, Number);

    /// <summary>One without a default of its own.</summary>
    public static Option<int?> Number(string name, string description, int least, int most) =>
        Bound(new Option<int?>(name) { Description = Text(description, Number(least), Number(most)), HelpName = "N" }, least, most, value => Number(value ?? 0));

    public static Option<TimeSpan> Duration(string name, string description, TimeSpan otherwise, TimeSpan least, TimeSpan most) =>
        Bound(new Option<TimeSpan>(name) { Description = Text(description, $"{least:c}", $"{most:c}"), DefaultValueFactory = _ => otherwise, HelpName = "TIME" }, least, most, value => $"{value:c}");

    private static Option<T> Bound<T>(Option<T> option, T least, T most, Func<T, string> text)
    {
        option.Validators.Add(result =>
        {
            if (!TryRead<T>(result, out var value)) return;
            if (Comparer<T>.Default.Compare(value, least) < 0 || Comparer<T>.Default.Compare(value, most) > 0) result.AddError($"{option.Name} is from {text(least)} to {text(most)}.");
        });
        return option;
    }

    /// <returns>False where the text is no value of its type, which is an error already or becomes one.</returns>
    private static bool TryRead<T>(OptionResult result, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (result.Errors.Any()) return false;
        try
        {
            value = result.GetValueOrDefault<T>();
            return value is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Text(string description, string least, string most) => $"{description}; from {least} to {most}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
