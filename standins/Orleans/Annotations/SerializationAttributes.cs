using Microsoft.Extensions.DependencyInjection;

namespace Orleans;

/// <summary>Which members of a serializable type are included without an <see cref="IdAttribute"/>.</summary>
public enum GenerateFieldIds
{
    None,
    PublicProperties,
}

/// <summary>Marks a type that may cross a grain call or be stored.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    private readonly bool? _includePrimaryConstructorParameters;

    /// <summary>Whether primary constructor parameters are members too. Default: yes for records, no for other types.</summary>
    public bool IncludePrimaryConstructorParameters
    {
        get => _includePrimaryConstructorParameters ?? false;
        init => _includePrimaryConstructorParameters = value;
    }

    public GenerateFieldIds GenerateFieldIds { get; init; } = GenerateFieldIds.None;

    internal bool IncludesPrimaryConstructorParameters(bool isRecord) => _includePrimaryConstructorParameters ?? isRecord;
}

/// <summary>The lasting number of a member within its type.</summary>
[AttributeUsage(
    AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Class | AttributeTargets.Struct
    | AttributeTargets.Enum | AttributeTargets.Method)]
public sealed class IdAttribute(uint id) : Attribute
{
    public uint Id { get; } = id;
}

/// <summary>The lasting name of a type or method.</summary>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method,
    AllowMultiple = true)]
public sealed class AliasAttribute(string alias) : Attribute
{
    public string Alias { get; } = alias;
}

/// <summary>A promise that a value is not changed once it is passed, so that it is shared and not copied.</summary>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter
    | AttributeTargets.ReturnValue,
    Inherited = false)]
public sealed class ImmutableAttribute : Attribute;

/// <summary>Accepted; object identity is always kept by the stand-in.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SuppressReferenceTrackingAttribute : Attribute;

/// <summary>Accepted; concerns only the wire format.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class OmitDefaultMemberValuesAttribute : Attribute;

/// <summary>The constructor with which a copy of the type is made.</summary>
[AttributeUsage(AttributeTargets.Constructor)]
public sealed class GeneratedActivatorConstructorAttribute : ActivatorUtilitiesConstructorAttribute;

/// <summary>How long a call of this method may take, such as <c>00:00:05</c>; otherwise <c>MessagingOptions.ResponseTimeout</c> holds.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture);
}
