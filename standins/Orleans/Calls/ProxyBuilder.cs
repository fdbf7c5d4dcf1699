using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>Generates, once for each grain interface, the class of its references and one request class per method.</summary>
internal static class ProxyBuilder
{
    private static readonly AssemblyBuilder Assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Orleans.StandIn.Generated"), AssemblyBuilderAccess.Run);
    private static readonly ModuleBuilder Module = Assembly.DefineDynamicModule("Generated");
    private static readonly ConcurrentDictionary<Type, Func<CallRouter, GrainId, GrainReference>> Proxies = new();
    private static readonly HashSet<string> Opened = new(StringComparer.Ordinal);
    private static readonly Lock Gate = new();
    private static int _count;

    public static Func<CallRouter, GrainId, GrainReference> For(Type interfaceType)
    {
        if (Proxies.TryGetValue(interfaceType, out var make))
        {
            return make;
        }

        lock (Gate)
        {
            return Proxies.GetOrAdd(interfaceType, Build);
        }
    }

    public static TypeBuilder DefineType(string name, Type parent) => Module.DefineType(
        $"{name}_{Interlocked.Increment(ref _count)}", TypeAttributes.NotPublic | TypeAttributes.Sealed | TypeAttributes.Class, parent);

    /// <summary>Lets generated code use what is internal to the assembly of a type, as code generated into that assembly would.</summary>
    public static void Open(Type type)
    {
        foreach (var argument in type.IsGenericType ? type.GetGenericArguments() : [])
        {
            Open(argument);
        }

        if (type.HasElementType)
        {
            Open(type.GetElementType()!);
        }

        var name = type.Assembly.GetName().Name!;
        if (Opened.Add(name))
        {
            var constructor = typeof(System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
            Assembly.SetCustomAttribute(new CustomAttributeBuilder(constructor, [name]));
        }
    }

    private static Func<CallRouter, GrainId, GrainReference> Build(Type interfaceType)
    {
        Open(typeof(GrainReference));
        Open(interfaceType);
        var name = InterfaceNames.Of(interfaceType);
        var builder = DefineType($"{interfaceType.Name}_Reference", typeof(GrainReference));
        builder.AddInterfaceImplementation(interfaceType);
        DefineConstructor(builder);
        foreach (var declaring in interfaceType.GetInterfaces().Append(interfaceType))
        {
            foreach (var method in declaring.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                if (method.IsAbstract)
                {
                    DefineMethod(builder, method, declaring == interfaceType ? name : InterfaceNames.Of(declaring));
                }
            }
        }

        var made = builder.CreateType().GetConstructor(BindingFlags.Instance | BindingFlags.Public, [typeof(CallRouter), typeof(GrainId), typeof(GrainInterfaceType)])!;
        var maker = new DynamicMethod($"New_{interfaceType.Name}", typeof(GrainReference), [typeof(ConstructorInfo), typeof(CallRouter), typeof(GrainId), typeof(GrainInterfaceType)], made.Module, skipVisibility: true);
        var il = maker.GetILGenerator();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Newobj, made);
        il.Emit(OpCodes.Ret);
        var make = maker.CreateDelegate<Func<CallRouter, GrainId, GrainInterfaceType, GrainReference>>(made);
        return (router, id) => make(router, id, name);
    }

    private static void DefineConstructor(TypeBuilder builder)
    {
        Type[] parameters = [typeof(CallRouter), typeof(GrainId), typeof(GrainInterfaceType)];
        var il = builder.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, parameters).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, parameters)!);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Check the contract, make the request, copy the arguments into it, send it.</summary>
    private static void DefineMethod(TypeBuilder builder, MethodInfo method, GrainInterfaceType interfaceName)
    {
        var request = RequestBuilder.Build(method, interfaceName);
        var parameters = method.GetParameters();
        var proxy = builder.DefineMethod(
            $"{method.DeclaringType!.Name}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            Array.ConvertAll(parameters, static p => p.ParameterType));
        var il = proxy.GetILGenerator();
        il.Emit(OpCodes.Ldsfld, request.Descriptor);
        il.Emit(OpCodes.Call, typeof(MethodDescriptor).GetMethod(nameof(MethodDescriptor.EnsureUsable))!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, request.Constructor);
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, i + 1);
            if (!parameters[i].IsDefined(typeof(ImmutableAttribute)) && parameters[i].ParameterType != typeof(CancellationToken))
            {
                il.Emit(OpCodes.Call, typeof(Serialization.Copier<>).MakeGenericType(parameters[i].ParameterType).GetMethod(nameof(Serialization.Copier<int>.Copy), [parameters[i].ParameterType])!);
            }

            il.Emit(OpCodes.Stfld, request.Arguments[i]);
        }

        il.Emit(OpCodes.Call, request.Send);
        il.Emit(OpCodes.Ret);
        builder.DefineMethodOverride(proxy, method);
    }
}
