using System.ComponentModel;
using Orleans.Calls;

namespace Orleans.Runtime;

/// <summary>A reference to a grain or observer; the classes made for each grain interface derive from it.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>, ISpanFormattable
{
    internal GrainReference(CallRouter router, GrainId grainId, GrainInterfaceType interfaceType)
        => (Router, GrainId, InterfaceType) = (router, grainId, interfaceType);

    public GrainId GrainId { get; }

    public GrainInterfaceType InterfaceType { get; }

    public virtual string InterfaceName => InterfaceType.ToString();

    internal CallRouter Router { get; }

    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => this.AsReference<TGrainInterface>();

    public uint GetUniformHashCode() => GrainId.GetUniformHashCode();

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public sealed override string ToString() => $"GrainReference:{GrainId}:{InterfaceType}";

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        => destination.TryWrite($"GrainReference:{GrainId}:{InterfaceType}", out charsWritten);

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) => reference1?.Equals(reference2) ?? reference2 is null;

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    // What the generated classes call, by return type of the method.
    [EditorBrowsable(EditorBrowsableState.Never)]
    internal Task SendTask(RequestBase request) => Router.Send<object?>(this, request);

    [EditorBrowsable(EditorBrowsableState.Never)]
    internal Task<T> SendTaskOf<T>(RequestBase request) => Router.Send<T>(this, request);

    [EditorBrowsable(EditorBrowsableState.Never)]
    internal ValueTask SendValueTask(RequestBase request) => new(Router.Send<object?>(this, request));

    [EditorBrowsable(EditorBrowsableState.Never)]
    internal ValueTask<T> SendValueTaskOf<T>(RequestBase request) => new(Router.Send<T>(this, request));

    [EditorBrowsable(EditorBrowsableState.Never)]
    internal void SendVoid(RequestBase request) => _ = Router.Send<object?>(this, request);

    [EditorBrowsable(EditorBrowsableState.Never)]
    internal IAsyncEnumerable<T> SendStream<T>(StreamRequest<T> request) => new RemoteStream<T>(this, request);
}
