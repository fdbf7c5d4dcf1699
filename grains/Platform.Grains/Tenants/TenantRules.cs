using Platform.Text;

namespace Platform.Tenants;

/// <summary>What a tenant's slug and name may be.</summary>
internal static class TenantRules
{
    public static IEnumerable<InputError> Check(string slug, string name)
    {
        if (!Slugs.IsValid(slug))
        {
            yield return new InputError("/slug", "invalid_slug", "Use 2 to 63 characters of a-z, 0-9 and hyphen, beginning with a letter and not ending with a hyphen.");
        }

        if (!Names.IsVisible(name)) yield return new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters.");
    }
}
