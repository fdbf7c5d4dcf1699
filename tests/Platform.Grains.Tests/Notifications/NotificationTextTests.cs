using System.Collections.Immutable;
using Platform.Notifications;

namespace Platform.Grains.Tests.Notifications;

public sealed class NotificationTextTests
{
    /// <summary>Nothing that data or template hold becomes markup, a header of its own or a line of another kind.</summary>
    [Fact, Trait("Threat", "T59")]
    public void Render_DataWithMarkupAndLineEnds_ShowsItAsText()
    {
        var text = Parse("Hi {{ username }}", "Dear <b>{{ username | upcase }}</b>,\n\n{{ reason }}\n{{ link }} now").ShouldNotBeNull();

        var shown = text.Render(
            ImmutableSortedDictionary<string, string>.Empty.Add("username", "<i>ann</i>\r\nBcc: eve@example.com").Add("reason", "{{ token }}").Add("link", "javascript:alert(1)"), NotificationLanguage.English);

        shown.Subject.ShouldBe("Hi <i>ann</i>  Bcc: eve@example.com");
        shown.Text.ShouldContain("{{ token }}", Case.Sensitive, "data is not rendered again");
        shown.Html!.ShouldContain("&lt;b&gt;&lt;I&gt;ANN&lt;/I&gt;");
        shown.Html!.ShouldNotContain("<a ");
        shown.Html!.ShouldNotContain("<b>");
    }

    [Theory]
    [InlineData("{% for i in (1..9) %}x{% endfor %}", "for")]
    [InlineData("{% assign a = username %}{{ a }}", "assign")]
    [InlineData("{% include 'other' %}", "include")]
    [InlineData("{{ username | raw }}", "raw")]
    [InlineData("{{ username | append: 'x' }}", "append")]
    [InlineData("{{ username.Length }}", "a member of a variable")]
    [InlineData("{{ username", "}}")]
    [InlineData("{% if link %}x", "endif")]
    [InlineData(" ", "1 to 8000")]
    public void Parse_WhatIsNotTaken_IsRefusedAndNamed(string source, string named)
    {
        var faults = new List<InputError>();

        NotificationText.Parse(new NotificationTemplateDraft("Subject", source), faults).ShouldBeNull();

        faults.ShouldHaveSingleItem().Pointer.ShouldBe("/text");
        faults[0].Detail.ShouldContain(named);
    }

    [Fact]
    public void Parse_SubjectOfTwoLinesOrTooLong_IsRefused()
    {
        var faults = new List<InputError>();
        NotificationText.Parse(new NotificationTemplateDraft("One\nTwo", "x"), faults);
        NotificationText.Parse(new NotificationTemplateDraft(new string('x', 201), "x"), faults);
        faults.Select(fault => fault.Pointer).ShouldBe(["/subject", "/subject"]);
    }

    private static NotificationText? Parse(string subject, string text) => NotificationText.Parse(new NotificationTemplateDraft(subject, text), new List<InputError>());
}
