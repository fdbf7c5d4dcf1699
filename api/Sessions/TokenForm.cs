using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Binding;
using Platform.Api.Problems;

namespace Platform.Api.Sessions;

/// <summary>The form of RFC 7662 section 2.1, read strictly: <c>token</c> exactly once; members that nobody knows, and <c>token_type_hint</c>, are ignored.</summary>
internal sealed record TokenForm(string Token, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    public static async ValueTask<TokenForm> BindAsync(HttpContext context)
    {
        var form = await UrlEncodedForm.ReadAsync(context);
        if (form.Problem is { } problem) return new TokenForm("", problem);
        var values = form["token"];
        return values is [{ Length: > 0 } token]
            ? new TokenForm(token, null)
            : new TokenForm("", Problem.Invalid("/token", values.Count == 0 ? "missing" : "wrong_type", "Send one token."));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(TokenFormMetadata.Instance);

    /// <summary>Prints no token.</summary>
    public override string ToString() => nameof(TokenForm);
}

/// <summary>For the OpenAPI document.</summary>
internal sealed class TokenFormMetadata
{
    public static readonly TokenFormMetadata Instance = new();
}
