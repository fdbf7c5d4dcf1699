using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Users;

namespace Platform.Api.Users;

/// <summary>Filters of a tenant's users from the query, each at most once. Every fault is named.</summary>
internal sealed record UserQuery(UserFilter Filter, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    private const int MaxText = 254;

    private static readonly string[] Statuses = ["active", "disabled", "invited"];
    private static readonly string[] SecondFactors = ["none", "any", "totp", "sms"];

    /// <summary>Distinguishes lists with different filters, so that a cursor of one works for no other. Its parts cannot be taken for one another: the texts are quoted.</summary>
    public string Key => System.Text.Json.JsonSerializer.Serialize<object?[]>(
        [Filter.Search, Filter.Username, Filter.Email, Filter.Status?.ToString(), Filter.Role, Filter.SecondFactor?.ToString(), Filter.LastSignInBefore?.UtcTicks]);

    public static ValueTask<UserQuery> BindAsync(HttpContext context)
    {
        var input = new QueryInput(context);
        var filter = new UserFilter
        {
            Search = input.Text("q", text => text.Length <= MaxText && !string.IsNullOrWhiteSpace(text), $"a part of a name or address of up to {MaxText} characters")?.Trim(),
            Username = input.Text("username", _ => true, "one name"),
            Email = input.Text("email", _ => true, "one address"),
            Status = input.Name("status", Statuses, "active, disabled or invited") switch
            {
                "active" => UserStatus.Active,
                "disabled" => UserStatus.Disabled,
                "invited" => UserStatus.Invited,
                _ => null,
            },
            Role = input.Text("role", _ => true, "one role"),
            SecondFactor = input.Name("secondFactor", SecondFactors, "none, any, totp or sms") switch
            {
                "none" => SecondFactorFilter.None,
                "any" => SecondFactorFilter.Any,
                "totp" => SecondFactorFilter.Totp,
                "sms" => SecondFactorFilter.Sms,
                _ => null,
            },
            LastSignInBefore = input.Time("lastSignInBefore"),
        };
        return new(new UserQuery(filter, input.Problem));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new QueryMetadata("q", "A part of the name or the address, without regard to case. Whoever has it as a whole comes first. A page may hold fewer than limit, even none, and have a nextCursor."));
        builder.Metadata.Add(new QueryMetadata("username", "The one user of that name, compared as at sign-in."));
        builder.Metadata.Add(new QueryMetadata("email", "The whole address, without regard to case."));
        builder.Metadata.Add(new QueryMetadata("status", "active, disabled or invited."));
        builder.Metadata.Add(new QueryMetadata("role", "Name of a role, as the list shows it."));
        builder.Metadata.Add(new QueryMetadata("secondFactor", "none, any, totp or sms [manage-users]."));
        builder.Metadata.Add(new QueryMetadata("lastSignInBefore", "Not signed in since this time, RFC 3339, or never [manage-users]."));
    }

    /// <summary>Prints no name and no address.</summary>
    public override string ToString() => nameof(UserQuery);
}
