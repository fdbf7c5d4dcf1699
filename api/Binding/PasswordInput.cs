using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>Bounds passwords before anything else reads them: no account is better hidden, or worse, by a text that nobody's password can be (threat T10).</summary>
internal static class PasswordInput
{
    private const int MaxCodePoints = 1024;

    public static Problem? Check(string password, string pointer) =>
        password.Length <= MaxCodePoints || password.EnumerateRunes().Count() <= MaxCodePoints
            ? null
            : Problem.Invalid(pointer, "too_long", $"Use at most {MaxCodePoints} characters.");
}
