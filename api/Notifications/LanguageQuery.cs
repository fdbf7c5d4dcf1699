using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Notifications;

namespace Platform.Api.Notifications;

/// <summary>The language of a list; English where it is absent.</summary>
internal sealed record LanguageQuery(NotificationLanguage Language, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    public static ValueTask<LanguageQuery> BindAsync(HttpContext context)
    {
        var input = new QueryInput(context);
        var tag = input.Name("language", NotificationLanguages.Tags, string.Join(" or ", NotificationLanguages.Tags));
        return new(new LanguageQuery(NotificationLanguages.TryParse(tag, out var language) ? language : NotificationLanguage.English, input.Problem));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new QueryMetadata("language", "en or de; default en."));
}
