using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Makes the copy function of a type: generated code for [GenerateSerializer] types, fixed code for collections.</summary>
internal static class CopierFactory
{
    /// <summary>Null when values of the type are shared.</summary>
    public static Func<T, CopyScope, T>? Make<T>()
    {
        var type = typeof(T);
        if (TypeContract.ProblemOf(type) is { } problem)
        {
            return (_, _) => throw new CodecNotFoundException(problem);
        }

        if (TypeContract.IsShared(type))
        {
            return null;
        }

        if (typeof(IAddressable).IsAssignableFrom(type))
        {
            return static (value, _) => Reference(value);
        }

        if (CollectionCopiers.MethodFor(type) is { } method)
        {
            return method.CreateDelegate<Func<T, CopyScope, T>>();
        }

        if (TypeContract.IsOpenEnded(type))
        {
            return static (value, scope) => value!.GetType() == typeof(object) ? value : (T)Copier.Copy(value, scope);
        }

        var members = Members<T>();
        if (type.IsSealed || type.IsValueType)
        {
            return members;
        }

        return (value, scope) => value!.GetType() == typeof(T) ? members(value, scope) : (T)Copier.Copy(value, scope);
    }

    /// <summary>A grain that passes itself passes a reference to itself.</summary>
    private static T Reference<T>(T value) => value switch
    {
        GrainReference => value,
        IGrainObserver and not IGrainBase => throw new NotSupportedException(
            $"IGrainObserver parameters must be GrainReference or Grain and cannot be type {value.GetType()}. Did you forget to CreateObjectReference?"),
        _ => (T)((IAddressable)value!).AsReference(typeof(T)),
    };

    private static Func<T, CopyScope, T> Members<T>()
    {
        var type = typeof(T);
        SerializableMembers.TryFind(type, out var fields, out _);
        var method = new DynamicMethod($"Copy_{type.Name}", type, [typeof(object), type, typeof(CopyScope)], type.Module, skipVisibility: true);
        var il = method.GetILGenerator();
        var copy = il.DeclareLocal(type);
        if (type.IsValueType)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Stloc, copy);
        }
        else
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldloca, copy);
            il.Emit(OpCodes.Call, typeof(CopierFactory).GetMethod(nameof(Begin), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type));
            var fresh = il.DefineLabel();
            il.Emit(OpCodes.Brtrue, fresh);
            il.Emit(OpCodes.Ldloc, copy);
            il.Emit(OpCodes.Ret);
            il.MarkLabel(fresh);
        }

        foreach (var field in fields)
        {
            il.Emit(type.IsValueType ? OpCodes.Ldloca : OpCodes.Ldloc, copy);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldfld, field);
            if (!SerializableMembers.IsImmutable(field))
            {
                il.Emit(OpCodes.Ldarg_2);
                il.Emit(OpCodes.Call, typeof(Copier<>).MakeGenericType(field.FieldType).GetMethod(nameof(Copier<int>.CopyIn))!);
            }

            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ldloc, copy);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<T, CopyScope, T>>(null);
    }

    /// <summary>False when the object was copied before in this scope.</summary>
    private static bool Begin<T>(T value, CopyScope scope, out T copy)
        where T : class
    {
        if (scope.TryGet(value, out var known))
        {
            copy = (T)known!;
            return false;
        }

        copy = StateActivator<T>.Create();
        scope.Add(value, copy);
        return true;
    }
}

/// <summary>Makes empty values: by the parameterless constructor where there is one.</summary>
internal static class StateActivator<T>
{
    private static readonly Func<T> Make = Maker();

    public static T Create() => Make();

    private static Func<T> Maker()
    {
        if (typeof(T).IsValueType)
        {
            return static () => default!;
        }

        var constructor = typeof(T).GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, Type.EmptyTypes);
        return constructor is null || typeof(T).IsAbstract
            ? static () => typeof(T).IsAbstract || typeof(T).IsArray || typeof(T) == typeof(string) ? default! : (T)RuntimeHelpers.GetUninitializedObject(typeof(T))
            : System.Linq.Expressions.Expression.Lambda<Func<T>>(System.Linq.Expressions.Expression.New(constructor)).Compile();
    }
}
