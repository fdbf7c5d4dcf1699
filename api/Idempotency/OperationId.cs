namespace Platform.Api.Idempotency;

/// <summary>Id to give to what the call creates; null without an idempotency key.</summary>
/// <param name="Value">The id.</param>
/// <param name="TakenOver">An earlier call with the key may have made it; its outcome is open.</param>
internal sealed record OperationId(Guid? Value, bool TakenOver)
{
    public static ValueTask<OperationId> BindAsync(HttpContext context) => new(new OperationId(null, TakenOver: false));

    public TId? As<TId>() where TId : struct, IPrefixedId<TId> => Value is { } value ? TId.From(value) : null;
}
