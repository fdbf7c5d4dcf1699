using System.Net;
using Microsoft.Extensions.Options;

namespace Platform.Snippets;

/// <summary>Section <c>Platform:Snippets</c>.</summary>
internal sealed class SnippetOptions
{
    public const string Section = PlatformOptions.Section + ":Snippets";

    internal const string DevelopmentEnvironment = "development";

    /// <summary>
    /// Whether snippets work, without a proof, on <c>localhost</c> and on names below <c>.localhost</c> and <c>.test</c> (RFC 6761), with any port: sites on a developer's own machine.
    /// Default: in the environment <c>development</c> only.
    /// </summary>
    public bool? AllowLocalSites { get; set; }

    /// <summary>Addresses of the name servers that are asked for proofs, with a port where it is not 53. Default: those of this machine.</summary>
    public string[] NameServers { get; set; } = [];
}

internal sealed class SnippetOptionsValidator : IValidateOptions<SnippetOptions>
{
    public ValidateOptionsResult Validate(string? name, SnippetOptions options)
    {
        var errors = options.NameServers.Where(server => !IPEndPoint.TryParse(server, out _))
            .Select(server => $"{SnippetOptions.Section}:NameServers: '{server}' is not an address such as 192.0.2.53 or [2001:db8::53]:5353.")
            .ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
