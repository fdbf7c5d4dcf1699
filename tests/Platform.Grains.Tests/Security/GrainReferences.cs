using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Platform.Sessions;

namespace Platform.Grains.Tests.Security;

/// <summary>Every grain interface of the platform, found by reflection, with a reference made by the method that builds its key.</summary>
internal static class GrainReferences
{
    private static readonly ImmutableArray<Assembly> Assemblies = [typeof(ISessionGrain).Assembly, typeof(SessionGrain).Assembly];

    public static ImmutableArray<Type> Interfaces { get; } =
        [.. Assemblies.SelectMany(a => a.GetTypes()).Where(t => t.IsInterface && typeof(IGrain).IsAssignableFrom(t)).OrderBy(t => t.Name)];

    public static IEnumerable<MethodInfo> MethodsOf(Type grain) => grain.GetInterfaces().Prepend(grain).SelectMany(i => i.GetMethods());

    /// <param name="grain">One of <see cref="Interfaces"/>.</param>
    /// <param name="grains">The factory.</param>
    /// <param name="actor">Whose tenant, user and session are meant.</param>
    /// <param name="silo">Address of a silo.</param>
    public static object Reference(Type grain, IGrainFactory grains, Actor actor, string silo)
    {
        var maker = Assemblies.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .FirstOrDefault(m => m.ReturnType == grain && m.IsDefined(typeof(ExtensionAttribute)) && m.GetParameters()[0].ParameterType == typeof(IGrainFactory))
            .ShouldNotBeNull($"Nothing builds keys of {grain.Name}: add its method to GrainFactoryExtensions or InternalGrains.");
        return maker.Invoke(null, [grains, .. maker.GetParameters()[1..].Select(p => KeyPart(p, actor, silo))])!;
    }

    public static Task Call(object reference, MethodInfo method) =>
        (Task)method.Invoke(reference, [.. method.GetParameters().Select(p => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null)])!;

    private static object KeyPart(ParameterInfo parameter, Actor actor, string silo) => parameter.ParameterType switch
    {
        var t when t == typeof(TenantId) => actor.TenantId,
        var t when t == typeof(UserId) => actor.UserId,
        var t when t == typeof(SessionId) => actor.SessionId,
        var t when t == typeof(string) => parameter.Name == nameof(silo) ? silo : "probe",
        var t => Activator.CreateInstance(t)!,
    };
}
