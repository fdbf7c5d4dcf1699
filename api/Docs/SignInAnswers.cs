using Microsoft.OpenApi;

namespace Platform.Api.Docs;

/// <summary>The answers of a sign-in, each a schema of its own, told apart by <c>status</c>.</summary>
internal static class SignInAnswers
{
    private const string Name = "SignInAnswer";
    private const string Discriminator = "status";

    /// <summary>A new status is one line here. Members with a question mark are there for some callers.</summary>
    private static readonly (string Status, string Schema, string[] Members, string Description)[] All =
    [
        ("signed_in", "SignedIn", ["session", "token?"], "There is a session. `token` where transport `token` was asked for."),
        ("second_factor_required", "SecondFactorRequired", ["challenge", "methods", "expiresAt"], "The password was right. Prove one of the methods with the challenge."),
        ("second_factor_enrolment_required", "SecondFactorEnrolmentRequired", ["session", "token?"], "There is a session that can only set up a second factor, which the tenant requires."),
        ("password_change_required", "PasswordChangeRequired", ["challenge?", "expiresAt?"], "Somebody else has set the password: choose another one with the challenge. A page gets no challenge, since a page cannot do that."),
    ];

    public static void Split(OpenApiDocument document)
    {
        var whole = (OpenApiSchema)document.Components!.Schemas![Name];
        foreach (var answer in All) document.AddComponent<IOpenApiSchema>(answer.Schema, Part(answer, whole));
        (whole.Type, whole.Properties, whole.Required) = (null, null, null);
        whole.Description = "Where a sign-in stands, as `status` says. There may be more in time.";
        whole.OneOf = [.. All.Select(answer => new OpenApiSchemaReference(answer.Schema, document))];
        whole.Discriminator = new OpenApiDiscriminator
        {
            PropertyName = Discriminator,
            Mapping = All.ToDictionary(answer => answer.Status, answer => new OpenApiSchemaReference(answer.Schema, document), StringComparer.Ordinal),
        };
    }

    private static OpenApiSchema Part((string Status, string Schema, string[] Members, string Description) answer, OpenApiSchema whole)
    {
        var members = answer.Members.Select(member => member.TrimEnd('?')).ToDictionary(member => member, member => whole.Properties![member], StringComparer.Ordinal);
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = answer.Description,
            Required = answer.Members.Where(member => !member.EndsWith('?')).Prepend(Discriminator).ToHashSet(StringComparer.Ordinal),
            Properties = new Dictionary<string, IOpenApiSchema>(
                members.Prepend(new(Discriminator, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [answer.Status] })), StringComparer.Ordinal),
        };
    }
}
