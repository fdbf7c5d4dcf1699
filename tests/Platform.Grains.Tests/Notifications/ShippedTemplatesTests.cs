using System.Collections.Immutable;
using System.Reflection;
using Platform.Notifications;

namespace Platform.Grains.Tests.Notifications;

public sealed class ShippedTemplatesTests
{
    public static TheoryData<string, NotificationLanguage> Each => new(
        typeof(NotificationTemplates).GetFields(BindingFlags.Public | BindingFlags.Static).Where(constant => constant.IsLiteral).Select(constant => (string)constant.GetRawConstantValue()!)
            .SelectMany(name => Enum.GetValues<NotificationLanguage>().Select(language => new TheoryDataRow<string, NotificationLanguage>(name, language))));

    /// <summary>Whatever a notification is given is shown, and what it is not given is not missed, in each language alike.</summary>
    [Theory, MemberData(nameof(Each))]
    public void Text_InEachLanguage_NamesTheSameVariablesAndRenders(string template, NotificationLanguage language)
    {
        var text = ShippedTemplates.Text(template, language);
        text.Variables.ShouldBe(ShippedTemplates.Text(template, NotificationLanguage.English).Variables);

        var shown = text.Render(text.Variables.ToImmutableSortedDictionary(name => name, name => $"<{name}>", StringComparer.Ordinal), language);

        shown.Text.ShouldNotContain("{");
        shown.Text.ShouldNotContain("&lt;");
        (shown.Subject is null).ShouldBe(ShippedTemplates.All[template].Channel == NotificationChannel.Sms);
        shown.Html?.ShouldContain($"<html lang=\"{language.ToTag()}\">");
        shown.Html?.ShouldNotContain("<username>");
        foreach (var needed in ShippedTemplates.All[template].Required) (shown.Text.Contains($"<{needed}>", StringComparison.Ordinal) || needed == "token").ShouldBeTrue(needed);
    }

    [Fact]
    public void All_Templates_AreThoseThatHaveAName() => ShippedTemplates.All.Keys.ShouldBe(Each.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Samples_ForEachTemplateOfATenant_NameEveryVariable()
    {
        foreach (var template in ShippedTemplates.All.Values.Where(template => template.IsOfTenant)) NotificationSamples.Of(template, "acme", "Acme").Count.ShouldBe(template.Variables.Count);
    }

    /// <summary>Without a page for the link the token is shown; with one, the link alone, on a line of its own, which HTML can make a link of.</summary>
    [Fact]
    public void Reset_WithAndWithoutAPage_ShowsLinkOrToken()
    {
        var data = ImmutableSortedDictionary<string, string>.Empty.Add("username", "ann").Add("tenantName", "Acme").Add("token", "secret-token");
        var text = ShippedTemplates.Text(NotificationTemplates.PasswordReset, NotificationLanguage.English);

        text.Render(data, NotificationLanguage.English).Text.ShouldContain("\n\nCode: secret-token\n\n");
        var linked = text.Render(data.Add("link", "https://app.example/?a=1&b=2#token=secret-token"), NotificationLanguage.English);
        linked.Text.ShouldContain("\n\nhttps://app.example/?a=1&b=2#token=secret-token\n\n");
        linked.Text.ShouldNotContain("Code:");
        linked.Html!.ShouldContain("<a href=\"https://app.example/?a=1&amp;b=2#token=secret-token\"");
    }
}
