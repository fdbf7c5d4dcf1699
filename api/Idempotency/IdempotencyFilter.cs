using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Idempotency;
using Platform.Security;

namespace Platform.Api.Idempotency;

/// <summary>
/// <c>Idempotency-Key</c> on calls that create: the first call with a key runs, the others get its answer for 24 hours. A refusal makes nothing and is not
/// kept. A call whose outcome is open, because a process or storage went away, is taken over by the next one, which finds what the first has made. Whoever may not make the call now gets no kept answer either.
/// </summary>
internal static class IdempotencyFilter
{
    public const string Header = "Idempotency-Key";

    private const int MaxKeyLength = 255;
    private const int MaxKeptSize = 16 * 1024;
    private const string Purpose = "idempotent-answer";

    /// <param name="builder">Calls that create.</param>
    /// <param name="needs">Permissions that each of them takes, asked for before a kept answer is given.</param>
    public static TBuilder AcceptsIdempotencyKey<TBuilder>(this TBuilder builder, Permissions needs) where TBuilder : IEndpointConventionBuilder =>
        builder.AcceptsIdempotencyKey((_, actor) => new(actor.Holds(needs) ? Outcome.Done : Refusal.Forbidden));

    /// <param name="builder">Calls that create.</param>
    /// <param name="authorize">Whether the caller may make the call now.</param>
    public static TBuilder AcceptsIdempotencyKey<TBuilder>(this TBuilder builder, Func<EndpointFilterInvocationContext, Actor, ValueTask<Outcome>> authorize) where TBuilder : IEndpointConventionBuilder
    {
        builder.AddEndpointFilter((context, next) => FilterAsync(context, next, authorize));
        return builder.WithMetadata(RequestHashing.Instance, IdempotentMetadata.Instance).Refuses(ProblemKind.IdempotencyUnderWay, ProblemKind.IdempotencyMismatch, ProblemKind.TooManyIdempotencyKeys);
    }

    private static async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, Func<EndpointFilterInvocationContext, Actor, ValueTask<Outcome>> authorize)
    {
        var http = context.HttpContext;
        var keys = http.Request.Headers[Header];
        if (keys.Count == 0) return await next(context);
        if (keys.Count > 1 || keys[0] is not { Length: > 0 and <= MaxKeyLength } key || key.Any(c => c is < '!' or > '~'))
        {
            return Problem.Invalid("", "invalid_idempotency_key", $"{Header} is one text of 1 to {MaxKeyLength} visible ASCII characters.");
        }

        var actor = Caller.Of(http).Actor;
        if (await authorize(context, actor) is { Succeeded: false } refused) return refused.ToProblem();
        // An operator's keys are told apart by tenant, as a member's are.
        if (http.Features.Get<TenantScope>() is { } scope && scope.Id != actor.TenantId) key = $"{scope.Id}\n{key}";
        var hash = http.Features.Get<RequestHash>() ?? (http.GetEndpoint()!.Metadata.GetMetadata<JsonBodyMetadata>() is null
            ? RequestHashing.Of(http, ReadOnlySequence<byte>.Empty)
            : throw new InvalidOperationException($"{http.GetEndpoint()} accepts {Header} but did not read its body."));
        var grain = http.RequestServices.GetRequiredService<IGrainFactory>().Idempotency();
        var start = await grain.BeginAsync(actor, key, hash.Value, http.RequestAborted);
        switch (start.State)
        {
            case IdempotencyState.Answered: return new Replay(start.Answer!);
            case IdempotencyState.Mismatch: return new Problem(ProblemKind.IdempotencyMismatch);
            case IdempotencyState.UnderWay when start.RetryAfter is { } wait: return new Problem(ProblemKind.TooManyIdempotencyKeys) { RetryAfter = wait };
            case IdempotencyState.UnderWay: return new Problem(ProblemKind.IdempotencyUnderWay) { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        // The handler's argument stands in the list already; it gets the id of the operation instead of none.
        for (var i = 0; i < context.Arguments.Count; i++)
        {
            if (context.Arguments[i] is OperationId) context.Arguments[i] = new OperationId(start.OperationId, start.State == IdempotencyState.TakenOver);
        }

        object? result;
        try
        {
            result = await next(context);
        }
        catch
        {
            await grain.ReleaseAsync(actor, key, forget: false, CancellationToken.None);
            throw;
        }

        // A large one is not kept a second time: who asks again takes over, and is answered with what was made.
        if (ToKeptAnswer(result, http) is not { } answer) await grain.ReleaseAsync(actor, key, forget: true, CancellationToken.None);
        else if (answer.Body.Length > MaxKeptSize) await grain.ReleaseAsync(actor, key, forget: false, CancellationToken.None);
        else await grain.CompleteAsync(actor, key, answer, CancellationToken.None);
        return result;
    }

    /// <summary>The stored part of a success; null for a refusal.</summary>
    private static IdempotentAnswer? ToKeptAnswer(object? result, HttpContext http)
    {
        var inner = result is INestedHttpResult nested ? nested.Result : result;
        if (inner is not IStatusCodeHttpResult { StatusCode: >= 200 and < 300 and var status } || inner is not IValueHttpResult { Value: { } value }) return null;
        if (value is IShownOnce shown) value = shown.ToKept();
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        // Sealed: an answer may tell of somebody (threat T77). Before the object stands its entity tag, if it has one.
        byte[] body = [.. Encoding.ASCII.GetBytes(http.Response.Headers.ETag.ToString()), .. JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), options)];
        return new IdempotentAnswer
        {
            Status = status,
            Location = inner.GetType().GetProperty("Location")?.GetValue(inner) as string,
            Body = http.RequestServices.GetRequiredService<MasterKey>().Wrap(body, Purpose),
            About = (value as IAboutPerson)?.Person,
        };
    }

    private sealed record RequestHash(ImmutableArray<byte> Value);

    /// <summary>Remembers what was sent, while the body passes by, for a call that carries a key.</summary>
    private sealed class RequestHashing : IBodyObserver
    {
        public static readonly RequestHashing Instance = new();

        public void Observe(HttpContext context, ReadOnlySequence<byte> body)
        {
            if (context.Request.Headers[Header].Count > 0) context.Features.Set(Of(context, body));
        }

        public static RequestHash Of(HttpContext context, ReadOnlySequence<byte> body)
        {
            // Keyed: a body may hold a password, and its plain hash would be a fast way to try passwords.
            using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, context.RequestServices.GetRequiredService<IndexKey>().Derive("idempotent-request"));
            hash.AppendData(Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n"));
            foreach (var part in body) hash.AppendData(part.Span);
            return new RequestHash([.. hash.GetHashAndReset()]);
        }
    }

    private sealed class Replay(IdempotentAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/json; charset=utf-8";
            if (answer.Location is not null) context.Response.Headers.Location = answer.Location;
            var kept = context.RequestServices.GetRequiredService<MasterKey>().Unwrap(answer.Body.AsSpan(), Purpose);
            var start = kept.AsSpan().IndexOf((byte)'{');
            if (start > 0) context.Response.Headers.ETag = Encoding.ASCII.GetString(kept.AsSpan(0, start));
            await context.Response.Body.WriteAsync(kept.AsMemory(start), context.RequestAborted);
        }
    }
}

/// <summary>For the OpenAPI document.</summary>
internal sealed class IdempotentMetadata
{
    public static readonly IdempotentMetadata Instance = new();
}

/// <summary>An answer that shows a person: once that one is erased, it is kept no longer.</summary>
internal interface IAboutPerson
{
    UserId Person { get; }
}

/// <summary>An answer with a secret that is shown once: a retry gets it without.</summary>
internal interface IShownOnce
{
    /// <summary>The same without the secret.</summary>
    object ToKept();
}

/// <summary>Id to give to what the call creates; null without an idempotency key.</summary>
/// <param name="Value">The id.</param>
/// <param name="TakenOver">An earlier call with the key may have made it; its outcome is open.</param>
internal sealed record OperationId(Guid? Value, bool TakenOver)
{
    public static ValueTask<OperationId> BindAsync(HttpContext context) => new(new OperationId(null, TakenOver: false));

    public TId? As<TId>() where TId : struct, IPrefixedId<TId> => Value is { } value ? TId.From(value) : null;
}
