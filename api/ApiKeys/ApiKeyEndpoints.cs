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

        group.MapGet("", ListAsync).WithName("listApiKeys").WithSummary("List API keys")
            .WithDescription("API keys, newest first, without their secrets [manage-users]. A dormant one is refused: its sponsor is gone, disabled, or lacks a right that its scopes need.").Refuses(ProblemKind.Forbidden);
        group.MapPost("", CreateAsync).WithName("createApiKey").WithSummary("Make an API key")
            .WithDescription("Make an API key with scopes introspect, read, audit, users, snippets, scenarios, sessions [manage-users]. Its text is shown this once. From expiresAt on it is refused as one that does not exist. Nobody gives a key what they do not hold, and no key does what its sponsor may not.")
            .AcceptsIdempotencyKey(Permissions.ManageUsers).Refuses(ProblemKind.Forbidden, ProblemKind.TooManyApiKeys);
        group.MapPost("/{id}/rotate", RotateAsync)
            .WithName("rotateApiKey").WithSummary("Rotate an API key")
            .WithDescription("Give an API key a new secret, shown this once; its id stays. The secret before counts on for the overlap, an older one ends at once. It takes what making the key takes [manage-users].")
            .AcceptsIdempotencyKey(Permissions.ManageUsers).Refuses(ProblemKind.Forbidden, ProblemKind.ApiKeyExpired);
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteApiKey").WithSummary("Delete an API key")
            .WithDescription("Delete an API key. Every process refuses it from the answer on [manage-users].").Refuses(ProblemKind.Forbidden);
        group.MapPost("/{id}/take-over", TakeOverAsync).WithName("takeOverApiKey").WithSummary("Take an API key over")
            .WithDescription("Let an API key count for the caller, whatever becomes of the user for whom it counted before. A dormant one counts again, with the secret that it has. It takes what making the key takes [manage-users].")
            .Refuses(ProblemKind.Forbidden, ProblemKind.ApiKeyExpired);
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
        var (text, hash) = NewSecret(texts, id, tenant.Id);
        var outcome = await grains.ApiKeys(tenant.Id).CreateAsync(
            caller.Actor,
            new NewApiKey { Id = id, Name = body.Value.Name, Scopes = scopes, SecretHash = hash, Prefix = text[..ApiKeyText.PrefixLength], ExpiresAt = body.Value.ExpiresAt },
            cancellationToken);
        return outcome.Value is { } made
            ? TypedResults.Created($"/v1/tenants/{made.TenantId}/api-keys/{made.Id}", ApiKeyBody.Of(made) with { Key = text })
            : outcome.ToProblem();
    }

    private static async Task<Results<Ok<ApiKeyBody>, Problem>> RotateAsync(
        ApiKeyRoute key, JsonBody<ApiKeyRotationBody> body, Caller caller, TenantScope tenant, OperationId operation, ApiKeyText texts, IGrainFactory grains,
        CancellationToken cancellationToken)
    {
        var (text, hash) = NewSecret(texts, key.Id, tenant.Id);
        var rotation = new ApiKeyRotation { SecretHash = hash, Overlap = body.Value.Overlap ?? ApiKeyRotationBody.DefaultOverlap, Operation = operation.Value };
        var outcome = await grains.ApiKeys(tenant.Id).RotateAsync(caller.Actor, key.Id, rotation, cancellationToken);
        return outcome.Value is { } rotated ? TypedResults.Ok(ApiKeyBody.Of(rotated) with { Key = text }) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<ApiKeyBody>, Problem>> TakeOverAsync(
        ApiKeyRoute key, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.ApiKeys(tenant.Id).TakeOverAsync(caller.Actor, key.Id, cancellationToken);
        return outcome.Value is { } taken ? TypedResults.Ok(ApiKeyBody.Of(taken)) : outcome.ToProblem();
    }

    private static (string Text, ImmutableArray<byte> Hash) NewSecret(ApiKeyText texts, ApiKeyId id, TenantId tenant)
    {
        var secret = RandomNumberGenerator.GetBytes(ApiKeyText.SecretSize);
        var made = (texts.Make(id, tenant, secret), ImmutableArray.Create(SHA256.HashData(secret)));
        CryptographicOperations.ZeroMemory(secret);
        return made;
    }

    private static async Task<Results<NoContent, Problem>> DeleteAsync(
        ApiKeyRoute key, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.ApiKeys(tenant.Id).DeleteAsync(caller.Actor, key.Id, cancellationToken);
        return outcome.ToNoContent();
    }
}
