using Orleans.Runtime;

namespace Orleans;

/// <summary>Keys, ids and casts of grains and references.</summary>
public static class GrainExtensions
{
    private const string HalfBaked =
        "Passing a half baked grain as an argument. It is possible that you instantiated a grain class explicitly, as a regular object and not via Orleans runtime or via proper test mocking";

    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => (TGrainInterface)grain.AsReference(typeof(TGrainInterface));

    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) => grain.AsReference<TGrainInterface>();

    public static object AsReference(this IAddressable grain, Type interfaceType)
    {
        var reference = ReferenceOf(grain);
        return interfaceType.IsInstanceOfType(reference) ? reference : reference.Router.References.Make(interfaceType, reference.GrainId);
    }

    public static object Cast(this IAddressable grain, Type interfaceType) => grain.AsReference(interfaceType);

    public static GrainId GetGrainId(this IAddressable grain)
    {
        var id = grain switch
        {
            null => throw new ArgumentNullException(nameof(grain)),
            GrainReference reference => reference.GrainId,
            IGrainBase activation => activation.GrainContext.GrainId,
            _ => throw WrongType(grain),
        };

        return id.IsDefault ? throw new ArgumentException(HalfBaked, nameof(grain)) : id;
    }

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    public static bool IsPrimaryKeyBasedOnLong(this IAddressable grain) => grain.GetGrainId().TryGetIntegerKey(out _, out _);

    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetPrimaryKeyLong(out _);

    public static long GetPrimaryKeyLong(this IAddressable grain, out string? keyExt) => grain.GetGrainId().TryGetIntegerKey(out var key, out keyExt)
        ? key
        : throw new InvalidOperationException($"Unable to extract integer key from grain id {grain.GetGrainId()}");

    public static Guid GetPrimaryKey(this IAddressable grain) => grain.GetPrimaryKey(out _);

    public static Guid GetPrimaryKey(this IAddressable grain, out string? keyExt) => grain.GetGrainId().TryGetGuidKey(out var key, out keyExt)
        ? key
        : throw new InvalidOperationException($"Unable to extract GUID key from grain id {grain.GetGrainId()}");

    internal static GrainReference ReferenceOf(IAddressable grain) => grain switch
    {
        null => throw new ArgumentNullException(nameof(grain)),
        GrainReference reference => reference,
        IGrainBase activation => activation.GrainContext?.GrainReference ?? throw new ArgumentException(HalfBaked, nameof(grain)),
        _ => throw WrongType(grain),
    };

    private static ArgumentException WrongType(IAddressable grain) => new(
        $"GetGrainId has been called on an unexpected type: {grain.GetType().FullName}. A grain derives from {nameof(Grain)} or implements {nameof(IGrainBase)}.",
        nameof(grain));
}
