using System.Collections.Immutable;
using System.Text;
using Fluid;
using Fluid.Ast;

namespace Platform.Notifications;

/// <summary>
/// Subject and text of a notification in Liquid (decision 112), of which it takes variables, conditions and filters that only change letters. What is rendered is plain text: HTML is made from that, so nothing that
/// a template or its data holds is ever markup.
/// </summary>
internal sealed class NotificationText
{
    public const int MaxSubject = 200;
    public const int MaxText = 8_000;

    private const int MaxSteps = 2_000;

    private static readonly FluidParser Parser = new(new FluidParserOptions { AllowFunctions = false, AllowParentheses = false });
    private static readonly TemplateOptions Options = new() { MaxSteps = MaxSteps };

    private readonly IFluidTemplate? _subject;
    private readonly IFluidTemplate _text;

    private NotificationText(NotificationTemplateDraft source, IFluidTemplate? subject, IFluidTemplate text, ImmutableSortedSet<string> variables) =>
        (Source, _subject, _text, Variables) = (source, subject, text, variables);

    public NotificationTemplateDraft Source { get; }

    /// <summary>That it names.</summary>
    public ImmutableSortedSet<string> Variables { get; }

    /// <summary>Null, with every fault, where it is not understood.</summary>
    public static NotificationText? Parse(NotificationTemplateDraft draft, ICollection<InputError> errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var subject = draft.Subject is { } line ? Parse("/subject", line, MaxSubject, names, errors) : null;
        if (draft.Subject?.AsSpan().ContainsAny('\r', '\n') == true) errors.Add(new InputError("/subject", "invalid_template", "A subject is one line."));
        var text = Parse("/text", draft.Text, MaxText, names, errors);
        return text is null || (draft.Subject is not null && subject is null) ? null : new NotificationText(draft, subject, text, [.. names]);
    }

    /// <exception cref="InvalidOperationException">It takes too many steps.</exception>
    public NotificationPreview Render(ImmutableSortedDictionary<string, string> data, NotificationLanguage language)
    {
        var context = new TemplateContext(Options);
        foreach (var (name, value) in data) context.SetValue(name, value);
        var text = _text.Render(context, NullEncoder.Default).ReplaceLineEndings("\n").Trim();
        if (_subject is null) return new NotificationPreview(null, text, null);
        var subject = OneLine(_subject.Render(context, NullEncoder.Default));
        return new NotificationPreview(subject, text, NotificationHtml.Of(subject, text, data.GetValueOrDefault("link"), language));
    }

    private static IFluidTemplate? Parse(string pointer, string source, int most, HashSet<string> names, ICollection<InputError> errors)
    {
        if (source.Length > most || string.IsNullOrWhiteSpace(source))
        {
            errors.Add(new InputError(pointer, "invalid_template", $"Use 1 to {most} characters."));
            return null;
        }

        if (!Parser.TryParse(source, out var template, out var fault))
        {
            errors.Add(new InputError(pointer, "invalid_template", OneLine(fault.Split("Source:")[0])));
            return null;
        }

        var visitor = new Visitor(names);
        visitor.VisitTemplate(template);
        foreach (var other in visitor.Others.Distinct(StringComparer.Ordinal)) errors.Add(new InputError(pointer, "invalid_template", $"{other} is not taken: use variables, if and unless, and the filters {string.Join(", ", Visitor.Filters)}."));
        return visitor.Others.Count == 0 ? template : null;
    }

    /// <summary>What a header and a log can hold.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var character in text) line.Append(char.IsControl(character) ? ' ' : character);
        return line.ToString().Trim();
    }

    /// <summary>Notes variables, and whatever is none of the few forms that are taken.</summary>
    private sealed class Visitor(HashSet<string> names) : AstVisitor
    {
        public static readonly ImmutableArray<string> Filters = ["default", "upcase", "downcase", "capitalize", "truncate"];

        public List<string> Others { get; } = [];

        public override Statement Visit(Statement statement)
        {
            // The visitor of the library comes with null where a condition has no other branch.
            if (statement is null) return statement!;
            if (statement is TextSpanStatement or OutputStatement or IfStatement or UnlessStatement or ElseStatement or ElseIfStatement or CommentStatement) return base.Visit(statement);
            Others.Add(statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal).ToLowerInvariant());
            return statement;
        }

        protected override Expression VisitMemberExpression(MemberExpression memberExpression)
        {
            if (memberExpression.Segments is [IdentifierSegment { Identifier: var name }]) names.Add(name);
            else Others.Add("a member of a variable");
            return memberExpression;
        }

        protected override Expression VisitFilterExpression(FilterExpression filterExpression)
        {
            if (!Filters.Contains(filterExpression.Name)) Others.Add($"the filter {filterExpression.Name}");
            return base.VisitFilterExpression(filterExpression);
        }
    }
}
