using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Platform.Api.Tests.Architecture;

/// <summary>
/// Which types of an assembly need which others of it, read from its metadata and IL: base types, interfaces, constraints, attributes, fields, signatures, local variables and what
/// methods call. A nested type counts as its outermost one, and so does what the compiler makes of lambdas, iterators and async methods.
/// </summary>
/// <remarks>Constants leave no trace: the compiler copies their value into who uses them.</remarks>
internal sealed class TypeReferences
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly HashSet<(string From, string To)> _found = [];
    private readonly Collector _collector;
    private string _from = "";

    private TypeReferences(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
        _collector = new Collector(this);
    }

    /// <summary>Full names of outermost types, without those that a type has to itself.</summary>
    public static IReadOnlyCollection<(string From, string To)> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var references = new TypeReferences(file);
        foreach (var handle in references._metadata.TypeDefinitions) references.ReadType(handle);
        return references._found;
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        _from = Outermost(handle);
        var type = _metadata.GetTypeDefinition(handle);
        Add(type.BaseType);
        Add(type.GetCustomAttributes());
        Add(type.GetGenericParameters());
        foreach (var implementation in type.GetInterfaceImplementations()) Add(_metadata.GetInterfaceImplementation(implementation).Interface);
        foreach (var property in type.GetProperties()) Add(_metadata.GetPropertyDefinition(property).GetCustomAttributes());
        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
        {
            field.DecodeSignature(_collector, null);
            Add(field.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition)) ReadMethod(method);
    }

    private void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(_collector, null);
        Add(method.GetCustomAttributes());
        Add(method.GetGenericParameters());
        foreach (var parameter in method.GetParameters()) Add(_metadata.GetParameter(parameter).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0) return;
        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil) _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_collector, null);
        foreach (var region in body.ExceptionRegions) Add(region.CatchType);
        ReadInstructions(body.GetILReader());
    }

    private void ReadInstructions(BlobReader code)
    {
        while (code.RemainingBytes > 0)
        {
            int opcode = code.ReadByte();
            if (opcode == 0xFE) opcode = (opcode << 8) | code.ReadByte();
            switch (Operands[opcode])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineNone:
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }
    }

    private void Add(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => _metadata.GetGenericParameter(parameter).GetConstraints()))
        {
            Add(_metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void Add(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes.Select(_metadata.GetCustomAttribute))
        {
            Add(attribute.Constructor);
            var values = attribute.DecodeValue(_collector);
            foreach (var name in values.FixedArguments.Select(one => one.Value).Concat(values.NamedArguments.Select(one => one.Value)).OfType<TypeName>()) _found.Add((_from, name.Outermost));
        }
    }

    private void Add(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                Add((TypeDefinitionHandle)handle);
                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_collector, null);
                break;
            case HandleKind.MethodDefinition:
                Add(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Add(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Add(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.MethodSpecification:
                var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(method.Method);
                method.DecodeSignature(_collector, null);
                break;
        }
    }

    private void Add(TypeDefinitionHandle handle)
    {
        if (Outermost(handle) is var to && to != _from) _found.Add((_from, to));
    }

    private string Outermost(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (type.GetDeclaringType() is { IsNil: false } outer) type = _metadata.GetTypeDefinition(outer);
        var space = _metadata.GetString(type.Namespace);
        return space.Length == 0 ? _metadata.GetString(type.Name) : $"{space}.{_metadata.GetString(type.Name)}";
    }

    /// <summary>A type that an attribute names.</summary>
    private sealed record TypeName(string Outermost);

    /// <summary>Called for each type of a signature or of an attribute's arguments; what it returns matters for types that attributes name only.</summary>
    private sealed class Collector(TypeReferences references) : ISignatureTypeProvider<object?, object?>, ICustomAttributeTypeProvider<object?>
    {
        public object? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            references.Add(handle);
            return null;
        }

        public object? GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        /// <summary>Its own assembly needs none in the name; of others it has one and is not here.</summary>
        public object? GetTypeFromSerializedName(string name) => new TypeName(name.Split('+', ',', '[')[0]);

        public object? GetSystemType() => typeof(Type);
        public bool IsSystemType(object? type) => type is Type;
        public PrimitiveTypeCode GetUnderlyingEnumType(object? type) => PrimitiveTypeCode.Int32;
        public object? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => reader.GetString(reader.GetTypeReference(handle).Name) == nameof(Type) ? typeof(Type) : null;
        public object? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;
        public object? GetArrayType(object? elementType, ArrayShape shape) => null;
        public object? GetByReferenceType(object? elementType) => null;
        public object? GetFunctionPointerType(MethodSignature<object?> signature) => null;
        public object? GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;
        public object? GetGenericMethodParameter(object? genericContext, int index) => null;
        public object? GetGenericTypeParameter(object? genericContext, int index) => null;
        public object? GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;
        public object? GetPinnedType(object? elementType) => null;
        public object? GetPointerType(object? elementType) => null;
        public object? GetSZArrayType(object? elementType) => null;
    }
}
