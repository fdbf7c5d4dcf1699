using System.Reflection;
using System.Reflection.Emit;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>A generated request class as the reference class needs it.</summary>
internal sealed record RequestShape(ConstructorInfo Constructor, FieldInfo Descriptor, FieldInfo[] Arguments, MethodInfo Send);

/// <summary>Generates the request class of one method: a field per argument, and the call itself.</summary>
internal static class RequestBuilder
{
    private const MethodAttributes Override = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;

    public static RequestShape Build(MethodInfo method, GrainInterfaceType interfaceName)
    {
        var (parent, send) = Kind(method);
        var parameters = method.GetParameters();
        Array.ForEach(parameters, static p => ProxyBuilder.Open(p.ParameterType));
        ProxyBuilder.Open(method.ReturnType);
        ProxyBuilder.Open(method.DeclaringType!);

        var builder = ProxyBuilder.DefineType($"{method.DeclaringType!.Name}_{method.Name}", parent);
        var descriptor = builder.DefineField("D", typeof(MethodDescriptor), FieldAttributes.Public | FieldAttributes.Static);
        var fields = Array.ConvertAll(parameters, p => builder.DefineField($"a{p.Position}", p.ParameterType, FieldAttributes.Public));
        var constructor = builder.DefineDefaultConstructor(MethodAttributes.Public);

        var il = OverrideOf(builder, typeof(RequestBase).GetProperty(nameof(RequestBase.Descriptor))!.GetMethod!);
        il.Emit(OpCodes.Ldsfld, descriptor);
        il.Emit(OpCodes.Ret);

        DefineInvoke(builder, parent, method, fields);
        DefineArguments(builder, fields);
        DefineToken(builder, fields);

        var made = builder.CreateType();
        made.GetField("D")!.SetValue(null, new MethodDescriptor(method, interfaceName));
        return new RequestShape(
            made.GetConstructor(Type.EmptyTypes)!, made.GetField("D")!, Array.ConvertAll(fields, f => made.GetField(f.Name)!), send);
    }

    private static (Type Parent, MethodInfo Send) Kind(MethodInfo method)
    {
        var place = $"{method.DeclaringType!.FullName}.{method.Name}";
        if (method.IsGenericMethod || method.GetParameters().Any(static p => p.ParameterType.IsByRef))
        {
            throw new NotSupportedException($"{place}: generic methods and by-reference parameters are not supported by the Orleans stand-in.");
        }

        var type = method.ReturnType;
        if (type == typeof(Task))
        {
            return (typeof(TaskRequest), Sender(nameof(GrainReference.SendTask)));
        }

        if (type == typeof(ValueTask))
        {
            return (typeof(ValueTaskRequest), Sender(nameof(GrainReference.SendValueTask)));
        }

        if (type == typeof(void))
        {
            return (typeof(VoidRequest), Sender(nameof(GrainReference.SendVoid)));
        }

        var result = type.IsGenericType ? type.GetGenericArguments()[0] : null;
        return type.IsGenericType ? type.GetGenericTypeDefinition() switch
        {
            var t when t == typeof(Task<>) => (typeof(TaskRequest<>).MakeGenericType(result!), Sender(nameof(GrainReference.SendTaskOf), result)),
            var t when t == typeof(ValueTask<>) => (typeof(ValueTaskRequest<>).MakeGenericType(result!), Sender(nameof(GrainReference.SendValueTaskOf), result)),
            var t when t == typeof(IAsyncEnumerable<>) => (typeof(StreamRequest<>).MakeGenericType(result!), Sender(nameof(GrainReference.SendStream), result)),
            _ => throw WrongReturnType(place, type),
        }
        : throw WrongReturnType(place, type);
    }

    private static NotSupportedException WrongReturnType(string place, Type type) => new(
        $"{place} returns {type}: a grain method returns Task, Task<T>, ValueTask, ValueTask<T>, IAsyncEnumerable<T> or void.");

    private static MethodInfo Sender(string name, Type? result = null)
    {
        var method = typeof(GrainReference).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
        return result is null ? method : method.MakeGenericMethod(result);
    }

    private static ILGenerator OverrideOf(TypeBuilder builder, MethodInfo method)
    {
        var access = method.IsFamily ? (Override & ~MethodAttributes.Public) | MethodAttributes.Family : Override;
        var defined = builder.DefineMethod(
            method.Name, access, method.ReturnType, Array.ConvertAll(method.GetParameters(), static p => p.ParameterType));
        builder.DefineMethodOverride(defined, method);
        return defined.GetILGenerator();
    }

    private static void DefineInvoke(TypeBuilder builder, Type parent, MethodInfo method, FieldInfo[] fields)
    {
        var inner = parent.GetMethod("InvokeInner", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var il = OverrideOf(builder, inner);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(RequestBase).GetProperty("Target", BindingFlags.Instance | BindingFlags.NonPublic)!.GetMethod!);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
        }

        il.Emit(OpCodes.Callvirt, method);
        il.Emit(OpCodes.Ret);
    }

    private static void DefineArguments(TypeBuilder builder, FieldInfo[] fields)
    {
        if (fields.Length == 0)
        {
            return;
        }

        var il = OverrideOf(builder, typeof(RequestBase).GetMethod(nameof(RequestBase.GetArgumentCount))!);
        il.Emit(OpCodes.Ldc_I4, fields.Length);
        il.Emit(OpCodes.Ret);

        il = OverrideOf(builder, typeof(RequestBase).GetMethod(nameof(RequestBase.GetArgument))!);
        Switch(il, fields, typeof(RequestBase).GetMethod(nameof(RequestBase.GetArgument))!, static (il, field) =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            if (field.FieldType.IsValueType)
            {
                il.Emit(OpCodes.Box, field.FieldType);
            }
        });

        il = OverrideOf(builder, typeof(RequestBase).GetMethod(nameof(RequestBase.SetArgument))!);
        Switch(il, fields, typeof(RequestBase).GetMethod(nameof(RequestBase.SetArgument))!, static (il, field) =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Unbox_Any, field.FieldType);
            il.Emit(OpCodes.Stfld, field);
        });
    }

    private static void Switch(ILGenerator il, FieldInfo[] fields, MethodInfo parent, Action<ILGenerator, FieldInfo> emit)
    {
        var labels = Array.ConvertAll(fields, _ => il.DefineLabel());
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Switch, labels);
        for (var i = 0; i <= parent.GetParameters().Length; i++)
        {
            il.Emit(OpCodes.Ldarg, i);
        }

        il.Emit(OpCodes.Call, parent);
        il.Emit(OpCodes.Ret);
        for (var i = 0; i < fields.Length; i++)
        {
            il.MarkLabel(labels[i]);
            emit(il, fields[i]);
            il.Emit(OpCodes.Ret);
        }
    }

    private static void DefineToken(TypeBuilder builder, FieldInfo[] fields)
    {
        if (Array.FindLast(fields, static f => f.FieldType == typeof(CancellationToken)) is not { } token)
        {
            return;
        }

        var il = OverrideOf(builder, typeof(RequestBase).GetProperty(nameof(RequestBase.IsCancellable))!.GetMethod!);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ret);

        il = OverrideOf(builder, typeof(RequestBase).GetMethod(nameof(RequestBase.GetCancellationToken))!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, token);
        il.Emit(OpCodes.Ret);

        il = OverrideOf(builder, typeof(RequestBase).GetMethod(nameof(RequestBase.SetCancellationToken))!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stfld, token);
        il.Emit(OpCodes.Ret);
    }
}
