using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Platform.Notifications;

/// <summary>One notification: what its text may name, and which of it a tenant's own text has to.</summary>
/// <param name="Name">One of <see cref="NotificationTemplates"/>.</param>
/// <param name="Channel">How it goes.</param>
/// <param name="Variables">That a text may name.</param>
/// <param name="Required">Without these it would be of no use to its receiver.</param>
/// <param name="IsOfTenant">A tenant may write it anew.</param>
internal sealed record ShippedTemplate(string Name, NotificationChannel Channel, ImmutableSortedSet<string> Variables, ImmutableSortedSet<string> Required, bool IsOfTenant);

/// <summary>The texts that come with the platform, in each language: files in <c>Templates/</c>, with the subject in the first line of those that have one.</summary>
internal static class ShippedTemplates
{
    private const string Prefix = "notifications/";
    private const string Subject = "Subject: ";
    private const string TenantName = "tenantName";

    private static readonly ImmutableSortedSet<string> OfUse = ["code", "link", "token"];

    private static readonly ImmutableDictionary<(string Name, NotificationLanguage Language), NotificationText> Texts = Read();

    /// <summary>By name.</summary>
    public static ImmutableSortedDictionary<string, ShippedTemplate> All { get; } = Texts.Keys.Select(key => key.Name).Distinct().ToImmutableSortedDictionary(name => name, Describe, StringComparer.Ordinal);

    public static NotificationText Text(string template, NotificationLanguage language) =>
        Texts.GetValueOrDefault((template, language)) ?? throw new ArgumentOutOfRangeException(nameof(template), template, "There is no such template.");

    /// <summary>Those that a tenant may write anew.</summary>
    public static bool TryFindOfTenant(string name, [NotNullWhen(true)] out ShippedTemplate? template) => All.TryGetValue(name, out template) && template.IsOfTenant;

    private static ShippedTemplate Describe(string name)
    {
        var text = Texts[(name, NotificationLanguage.English)];
        return new ShippedTemplate(
            name,
            text.Source.Subject is null ? NotificationChannel.Sms : NotificationChannel.Email,
            text.Variables.Add("tenant").Add(TenantName),
            text.Variables.Intersect(OfUse),
            text.Variables.Contains(TenantName));
    }

    private static ImmutableDictionary<(string, NotificationLanguage), NotificationText> Read()
    {
        var assembly = typeof(ShippedTemplates).Assembly;
        var texts = ImmutableDictionary.CreateBuilder<(string, NotificationLanguage), NotificationText>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var (tag, name) = resource[Prefix.Length..].Split('/') is [var first, var second] ? (first, Path.GetFileNameWithoutExtension(second)) : throw new InvalidDataException(resource);
            if (!NotificationLanguages.TryParse(tag, out var language)) throw new InvalidDataException($"{tag} is no language.");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            texts.Add((name, language), Parse(resource, reader.ReadToEnd().ReplaceLineEndings("\n")));
        }

        return texts.ToImmutable();
    }

    private static NotificationText Parse(string resource, string content)
    {
        var end = content.IndexOf('\n', StringComparison.Ordinal);
        var draft = content.StartsWith(Subject, StringComparison.Ordinal)
            ? new NotificationTemplateDraft(content[Subject.Length..end], content[end..].Trim())
            : new NotificationTemplateDraft(null, content.Trim());
        var faults = new List<InputError>();
        return NotificationText.Parse(draft, faults) ?? throw new InvalidDataException($"{resource}: {faults[0].Detail}");
    }
}
