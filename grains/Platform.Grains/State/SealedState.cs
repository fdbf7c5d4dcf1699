using System.Text;

namespace Platform.State;

/// <summary>What stands in storage for an <see cref="IPersonalState"/>: as bytes, not as JSON, which would add a third to it.</summary>
[GenerateSerializer, Immutable, Alias("platform.SealedState")]
internal sealed record SealedState
{
    /// <summary>First byte of a stored row: JSON begins with another one.</summary>
    private const byte Form = 1;

    /// <summary>Whose data key: an id.</summary>
    [Id(0)] public string Subject { get; init; } = "";

    /// <summary>The state as JSON, sealed.</summary>
    [Id(1)] public ReadOnlyMemory<byte> Sealed { get; init; }

    public BinaryData ToBytes()
    {
        var bytes = new byte[2 + Subject.Length + Sealed.Length];
        (bytes[0], bytes[1]) = (Form, checked((byte)Subject.Length));
        Encoding.ASCII.GetBytes(Subject, bytes.AsSpan(2));
        Sealed.Span.CopyTo(bytes.AsSpan(2 + Subject.Length));
        return new BinaryData(bytes);
    }

    public static SealedState FromBytes(ReadOnlyMemory<byte> bytes) =>
        bytes.Span is [Form, var length, ..] && bytes.Length >= 2 + length
            ? new SealedState { Subject = Encoding.ASCII.GetString(bytes.Span.Slice(2, length)), Sealed = bytes[(2 + length)..] }
            : throw new FormatException("A stored state is not sealed.");

    /// <summary>Prints no bytes.</summary>
    public override string ToString() => nameof(SealedState);
}
