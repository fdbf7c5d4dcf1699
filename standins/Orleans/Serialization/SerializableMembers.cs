using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace Orleans.Serialization;

/// <summary>The fields of a [GenerateSerializer] type that Orleans' generator would serialize.</summary>
internal static class SerializableMembers
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>All fields with a number, base classes first; false with the reason when one has none.</summary>
    public static bool TryFind(Type type, out List<FieldInfo> fields, [NotNullWhen(false)] out string? problem)
    {
        fields = [];
        problem = null;
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            if (level.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not { } attribute)
            {
                if (level.GetFields(Declared).Length == 0)
                {
                    continue;
                }

                problem = $"base type {level} of {type} has no [GenerateSerializer].";
                return false;
            }

            if (!AddLevel(level, attribute, fields, out problem))
            {
                return false;
            }
        }

        fields.Reverse();
        return true;
    }

    public static string NameOf(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    public static bool IsImmutable(FieldInfo field) => field.IsDefined(typeof(ImmutableAttribute)) || PropertyOf(field)?.IsDefined(typeof(ImmutableAttribute)) == true;

    private static bool AddLevel(Type level, GenerateSerializerAttribute attribute, List<FieldInfo> fields, [NotNullWhen(false)] out string? problem)
    {
        var primary = attribute.IncludesPrimaryConstructorParameters(IsRecord(level)) ? PrimaryParameters(level) : [];
        var ids = new HashSet<uint>();
        foreach (var field in level.GetFields(Declared).Reverse())
        {
            var property = PropertyOf(field);
            var id = field.GetCustomAttribute<IdAttribute>() ?? property?.GetCustomAttribute<IdAttribute>();
            if (id is not null && !ids.Add(id.Id))
            {
                problem = $"type {level} has two members with [Id({id.Id})].";
                return false;
            }

            if (id is null && (field.IsDefined(typeof(NonSerializedAttribute)) || typeof(Delegate).IsAssignableFrom(field.FieldType)))
            {
                continue;
            }

            var included = id is not null
                || primary.Contains(NameOf(field))
                || (attribute.GenerateFieldIds == GenerateFieldIds.PublicProperties && property?.GetMethod?.IsPublic == true);
            if (!included)
            {
                problem = $"member {NameOf(field)} of {level} has no [Id] and would be lost; give it one, or [field: NonSerialized].";
                return false;
            }

            fields.Add(field);
        }

        problem = null;
        return true;
    }

    private static PropertyInfo? PropertyOf(FieldInfo field)
        => field.Name.StartsWith('<') ? field.DeclaringType!.GetProperty(NameOf(field), Declared) : null;

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Declared) is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", Declared, [typeof(StringBuilder)]) is not null);

    /// <summary>The names of the parameters of the longest constructor of which each is kept by a property or a captured field.</summary>
    private static HashSet<string> PrimaryParameters(Type type)
    {
        var kept = type.GetFields(Declared).Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var constructor = type.GetConstructors(Declared)
            .Select(static c => c.GetParameters())
            .Where(parameters => parameters.Length > 0 && parameters[0].ParameterType != type && Array.TrueForAll(parameters, p => kept.Contains(p.Name!)))
            .MaxBy(static parameters => parameters.Length);
        return constructor is null ? [] : constructor.Select(static p => p.Name!).ToHashSet(StringComparer.Ordinal);
    }
}
