using System.Text.RegularExpressions;

namespace Platform.Api.Docs;

/// <summary>Section <c>Platform:SecurityTxt</c>: what <c>/.well-known/security.txt</c> (RFC 9116) says of this installation.</summary>
internal sealed class SecurityTxtOptions
{
    public const string Section = PlatformOptions.Section + ":SecurityTxt";

    /// <summary>Where reporters reach a person, best first: <c>mailto:</c>, <c>https:</c> or <c>tel:</c> addresses. The page with the form follows them. Default none.</summary>
    public string[] Contacts { get; set; } = [];

    /// <summary>The https address under which the world reaches the platform, without a path. Default: the one that was asked.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Languages in which reports are read, as RFC 5646 names them, best first. Default <c>en</c>.</summary>
    public string[] Languages { get; set; } = [];

    /// <summary>File with an OpenPGP secret key that signs the text, best one made for this alone. Needs <see cref="PublicUrl"/>. Default none: it is not signed.</summary>
    public string? SigningKey { get; set; }

    /// <summary>File with the passphrase of that key. Default none: it has none.</summary>
    public string? SigningKeyPassphraseFile { get; set; }
}

internal sealed partial class SecurityTxtOptionsValidator(TimeProvider time) : IValidateOptions<SecurityTxtOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityTxtOptions options)
    {
        var errors = new List<string>();
        errors.AddRange(options.Contacts.Where(contact => !IsContact(contact)).Select(contact => $"{SecurityTxtOptions.Section}:Contacts: '{contact}' is no address such as mailto:security@example.com or https://example.com/contact."));
        errors.AddRange(options.Languages.Where(language => !Language().IsMatch(language)).Select(language => $"{SecurityTxtOptions.Section}:Languages: '{language}' is no language tag such as en or de-CH."));
        if (options.PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme != Uri.UriSchemeHttps || url.PathAndQuery != "/" || url.Fragment.Length > 0 || url.UserInfo.Length > 0))
        {
            errors.Add($"{SecurityTxtOptions.Section}:PublicUrl must be an https address without a path.");
        }

        if (options.SigningKey is { Length: > 0 } key) errors.AddRange(CheckKey(key, options));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> CheckKey(string key, SecurityTxtOptions options)
    {
        // What is signed must not depend on what a stranger writes into the Host header.
        if (options.PublicUrl is null) yield return $"{SecurityTxtOptions.Section}:SigningKey needs {SecurityTxtOptions.Section}:PublicUrl.";
        if (FaultOf(key, options.SigningKeyPassphraseFile) is { } fault) yield return $"{SecurityTxtOptions.Section}:SigningKey: {fault}";
    }

    private string? FaultOf(string key, string? passphraseFile)
    {
        try
        {
            SecurityTxtSigner.Open(key, passphraseFile, time);
            return null;
        }
        catch (InvalidDataException unusable)
        {
            return unusable.Message;
        }
    }

    private static bool IsContact(string contact) =>
        !contact.Any(c => c is < '!' or > '~') && Uri.TryCreate(contact, UriKind.Absolute, out var uri) && uri.Scheme is ("mailto" or "https" or "tel");

    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Language();
}
