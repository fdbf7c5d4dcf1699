namespace Platform;

internal static class InputErrors
{
    public static Outcome Of(params InputError[] errors) => new() { Refusal = Refusal.InvalidRequest, Errors = [.. errors] };
}
