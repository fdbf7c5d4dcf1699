namespace Orleans.Runtime;

/// <summary>Tells one activation of a grain from the next.</summary>
[GenerateSerializer, Immutable]
public readonly struct ActivationId(Guid key) : IEquatable<ActivationId>
{
    [Id(0)]
    private readonly Guid _key = key;

    public Guid Key => _key;

    public bool IsDefault => _key == Guid.Empty;

    public bool Equals(ActivationId other) => _key == other._key;

    public override bool Equals(object? obj) => obj is ActivationId other && Equals(other);

    public override int GetHashCode() => _key.GetHashCode();

    public override string ToString() => $"@{_key:N}";

    public string ToParsableString() => ToString();

    /// <exception cref="FormatException">It is not what <see cref="ToParsableString"/> makes.</exception>
    public static ActivationId FromParsableString(string activationId) => activationId is ['@', .. var key]
        ? new ActivationId(Guid.ParseExact(key, "N"))
        : throw new FormatException($"Invalid activation id: {activationId}");

    public static bool operator ==(ActivationId left, ActivationId right) => left.Equals(right);

    public static bool operator !=(ActivationId left, ActivationId right) => !left.Equals(right);
}
