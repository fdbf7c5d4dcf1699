using System.Text;

namespace Orleans.Runtime;

/// <summary>The stored name of a grain class, such as <c>session</c> for <c>SessionGrain</c>.</summary>
[GenerateSerializer, Immutable]
public readonly struct GrainType(IdSpan id) : IEquatable<GrainType>, IComparable<GrainType>, ISpanFormattable
{
    [Id(0)]
    private readonly IdSpan _value = id;

    public GrainType(byte[] value)
        : this(new IdSpan(value))
    {
    }

    public IdSpan Value => _value;

    public bool IsDefault => _value.IsDefault;

    public static GrainType Create(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return new GrainType(Encoding.UTF8.GetBytes(value));
    }

    public ReadOnlySpan<byte> AsSpan() => _value.AsSpan();

    public bool Equals(GrainType obj) => _value.Equals(obj._value);

    public override bool Equals(object? obj) => obj is GrainType other && Equals(other);

    public override int GetHashCode() => _value.GetHashCode();

    public uint GetUniformHashCode() => _value.GetUniformHashCode();

    public int CompareTo(GrainType other) => _value.CompareTo(other._value);

    public override string ToString() => _value.ToString();

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        => _value.TryFormat(destination, out charsWritten);

    public static explicit operator IdSpan(GrainType kind) => kind._value;

    public static explicit operator GrainType(IdSpan id) => new(id);

    public static bool operator ==(GrainType left, GrainType right) => left.Equals(right);

    public static bool operator !=(GrainType left, GrainType right) => !left.Equals(right);
}
