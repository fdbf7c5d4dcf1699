using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Platform.Api.Binding;
using Platform.Api.Limits;
using Platform.Api.Problems;

namespace Platform.Api.Sessions;

/// <summary>The form of RFC 7662 section 2.1, read strictly: <c>token</c> exactly once; other members, such as <c>token_type_hint</c>, are ignored.</summary>
internal sealed record TokenForm(string Token, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    public const string MediaType = "application/x-www-form-urlencoded";

    private static readonly FormOptions Limits = new() { ValueCountLimit = 16, KeyLengthLimit = 256, ValueLengthLimit = BodyLimit.Default.Size };

    public static async ValueTask<TokenForm> BindAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContentEncoding.Count > 0
            || headers.ContentType.Count != 1
            || !MediaTypeHeaderValue.TryParse(headers.ContentType[0], out var type)
            || !type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return new TokenForm("", new Problem(ProblemKind.UnsupportedMediaType));
        }

        try
        {
            var form = await new FormFeature(context.Request, Limits).ReadFormAsync(context.RequestAborted);
            // The collection takes names in any case; the contract does not.
            var values = form.Keys.Contains("token", StringComparer.Ordinal) ? form["token"] : default;
            return values is [{ Length: > 0 } token]
                ? new TokenForm(token, null)
                : new TokenForm("", Problem.Invalid("/token", values.Count == 0 ? "missing" : "wrong_type", "Send one token."));
        }
        catch (InvalidDataException)
        {
            return new TokenForm("", Problem.Invalid("", "malformed", "The form has too many or too long members."));
        }
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
