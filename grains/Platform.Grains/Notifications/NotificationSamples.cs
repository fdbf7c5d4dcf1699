using System.Collections.Immutable;

namespace Platform.Notifications;

/// <summary>Made-up data for previews, by variable.</summary>
internal static class NotificationSamples
{
    private static readonly ImmutableSortedDictionary<string, string> Values = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["at"] = "2030-01-31T12:00:00Z",
        ["by"] = "owner",
        ["change"] = "requested",
        ["code"] = "123456",
        ["deletesAt"] = "2030-02-28T12:00:00Z",
        ["device"] = "Firefox on Windows",
        ["domain"] = "shop.example",
        ["duration"] = "PT2H",
        ["fileContent"] = "platform-verification=sample",
        ["fileUrl"] = "https://shop.example/.well-known/platform-verification.txt",
        ["grant"] = "sup_00000000000000000000000000000000",
        ["ip"] = "203.0.113.7",
        ["keys"] = "key_00000000000000000000000000000000",
        ["link"] = "https://app.example/reset#token=sample",
        ["method"] = "totp",
        ["names"] = "Shop",
        ["newest"] = "2030-01-31T12:00:00Z",
        ["newEmail"] = "a***@example.org",
        ["operator"] = "operator",
        ["reason"] = "Users cannot be listed",
        ["remaining"] = "7",
        ["snippet"] = "snp_sample",
        ["stops"] = "2030-02-07T12:00:00Z",
        ["ticket"] = "SUP-1042",
        ["token"] = "sample",
        ["txtName"] = "_platform.shop.example",
        ["txtValue"] = "platform-verification=sample",
        ["username"] = "ann",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">A variable has no sample: a mistake in a template that ships.</exception>
    public static ImmutableSortedDictionary<string, string> Of(ShippedTemplate template, string slug, string tenantName) => template.Variables.ToImmutableSortedDictionary(
        name => name, name => name switch { "tenant" => slug, "tenantName" => tenantName, _ => Values[name] }, StringComparer.Ordinal);
}
