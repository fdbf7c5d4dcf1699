using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>The JSON body of a call, read strictly: every unknown, missing or wrong member is named with its pointer.</summary>
internal sealed class JsonBody<T> : IBindingResult, IEndpointParameterMetadataProvider where T : class
{
    private readonly T? _value;

    private JsonBody(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    public T Value => _value ?? throw new InvalidOperationException("The body was refused.");

    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context)
    {
        var input = context.RequestServices.GetRequiredService<JsonInput>();
        var (value, problem) = await input.ReadAsync<T>(context.Request, context.RequestAborted);
        return new JsonBody<T>(value, problem);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new JsonBodyMetadata(typeof(T)));
}

/// <summary>For the OpenAPI document. Not the framework's own, which would let routing answer a wrong media type before the caller is known.</summary>
internal sealed record JsonBodyMetadata(Type Type);
