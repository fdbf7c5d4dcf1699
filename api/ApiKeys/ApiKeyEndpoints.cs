using System.Security.Cryptography;
using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Api.Tokens;
using Platform.ApiKeys;

namespace Platform.Api.ApiKeys;

internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/api-keys", "API keys", CallClass.Other).RequireTenant();

        group.MapGet("", ListAsync).WithSummary("API keys, newest first, without their secrets [manage-users].").Refuses(ProblemKind.Forbidden);
        group.MapPost("", CreateAsync).WithSummary("Make an API key with scopes introspect, read, audit [manage-users]. Its text is shown this once. From expiresAt on it is refused as one that does not exist. Nobody gives a key what they do not hold.")
            .AcceptsIdempotencyKey().Refuses(ProblemKind.Forbidden, ProblemKind.TooManyApiKeys);
        group.MapDelete("/{id}", DeleteAsync).WithSummary("Delete an API key. Every process refuses it from the answer on [manage-users].").Refuses(ProblemKind.Forbidden);
    }

    private static Task<Results<Ok<ListBody<ApiKeyBody>>, Problem>> ListAsync(
        Caller caller, TenantScope tenant, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(query, $"api-keys:{tenant.Id}", page => grains.ApiKeys(tenant.Id).ListAsync(caller.Actor, page, cancellationToken), ApiKeyBody.Of);

    private static async Task<Results<Created<ApiKeyBody>, Problem>> CreateAsync(
        JsonBody<NewApiKeyBody> body, Caller caller, TenantScope tenant, OperationId operation, ApiKeyText texts, IGrainFactory grains, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!ScopeInput.TryRead(body.Value.Scopes, out var scopes, out var problem)) return problem;
        var id = operation.As<ApiKeyId>() ?? PrefixedId.New<ApiKeyId>(time);
        var secret = RandomNumberGenerator.GetBytes(ApiKeyText.SecretSize);
        var text = texts.Make(id, tenant.Id, secret);
        var hash = ImmutableArray.Create(SHA256.HashData(secret));
        CryptographicOperations.ZeroMemory(secret);
        var outcome = await grains.ApiKeys(tenant.Id).CreateAsync(
            caller.Actor,
            new NewApiKey { Id = id, Name = body.Value.Name, Scopes = scopes, SecretHash = hash, Prefix = text[..ApiKeyText.PrefixLength], ExpiresAt = body.Value.ExpiresAt },
            cancellationToken);
        return outcome.Value is { } made
            ? TypedResults.Created($"/v1/tenants/{made.TenantId}/api-keys/{made.Id}", ApiKeyBody.Of(made) with { Key = text })
            : outcome.ToProblem();
    }

    private static async Task<Results<NoContent, Problem>> DeleteAsync(
        ApiKeyRoute key, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.ApiKeys(tenant.Id).DeleteAsync(caller.Actor, key.Id, cancellationToken);
        return outcome.Succeeded ? TypedResults.NoContent() : outcome.ToProblem();
    }
}
