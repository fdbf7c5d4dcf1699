using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Platform.Api.Limits;
using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>The form of a request to an OAuth endpoint, read once: whoever authenticates the client and whoever handles the call look at the same one.</summary>
internal sealed class UrlEncodedForm
{
    public const string MediaType = "application/x-www-form-urlencoded";

    private static readonly FormOptions Limits = new() { ValueCountLimit = 16, KeyLengthLimit = 256, ValueLengthLimit = BodyLimit.Default.Size };

    private readonly IFormCollection _members;

    private UrlEncodedForm(IFormCollection members, Problem? problem = null) => (_members, Problem) = (members, problem);

    /// <summary>Why there is no form; then it has no members.</summary>
    public Problem? Problem { get; }

    /// <summary>All values of a member, in the spelling of the contract: the framework's collection takes names in any case.</summary>
    public StringValues this[string name] => _members.TryGetValue(name, out var values) && _members.Keys.Contains(name, StringComparer.Ordinal) ? values : default;

    public static async ValueTask<UrlEncodedForm> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<UrlEncodedForm>() is { } read) return read;
        var form = await ReadBodyAsync(context);
        context.Features.Set(form);
        return form;
    }

    /// <summary>Prints no member: they are secrets.</summary>
    public override string ToString() => nameof(UrlEncodedForm);

    private static async Task<UrlEncodedForm> ReadBodyAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContentEncoding.Count > 0
            || headers.ContentType.Count != 1
            || !MediaTypeHeaderValue.TryParse(headers.ContentType[0], out var type)
            || !type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return new UrlEncodedForm(FormCollection.Empty, new Problem(ProblemKind.UnsupportedMediaType) { Detail = $"Send {MediaType}, without Content-Encoding." });
        }

        try
        {
            return new UrlEncodedForm(await new FormFeature(context.Request, Limits).ReadFormAsync(context.RequestAborted));
        }
        catch (InvalidDataException)
        {
            return new UrlEncodedForm(FormCollection.Empty, Problem.Invalid("", "malformed", "The form has too many or too long members."));
        }
    }
}
