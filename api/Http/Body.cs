using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Platform.Api.Http;

/// <summary>The JSON body of a call, read strictly: every unknown, missing or wrong member is named with its pointer.</summary>
internal sealed class Body<T> : IBindingResult, IEndpointParameterMetadataProvider where T : class
{
    private readonly T? _value;

    private Body(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    public T Value => _value ?? throw new InvalidOperationException("The body was refused.");

    public static async ValueTask<Body<T>> BindAsync(HttpContext context)
    {
        var input = context.RequestServices.GetRequiredService<JsonInput>();
        var (value, problem) = await input.ReadAsync<T>(context.Request, context.RequestAborted);
        return new Body<T>(value, problem);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyMetadata(typeof(T)));
}

/// <summary>For the OpenAPI document. Not the framework's own, which would let routing answer a wrong media type before the caller is known.</summary>
internal sealed record BodyMetadata(Type Type);
