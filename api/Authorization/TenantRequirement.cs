namespace Platform.Api.Authorization;

/// <summary>
/// On an endpoint: its route names a tenant, and the caller is at home there; or an operator, where <paramref name="AlsoOperators"/>: for what operators administer,
/// never for a tenant's data (see <see cref="AllowsSupportAccess"/>).
/// </summary>
internal sealed record TenantRequirement(bool AlsoOperators)
{
    public static readonly TenantRequirement Members = new(AlsoOperators: false);
    public static readonly TenantRequirement MembersAndOperators = new(AlsoOperators: true);

    /// <summary>
    /// A route that names a tenant and does not say who may come in is a mistake in its mapping: then the host does not start, instead of serving it to everybody.
    /// </summary>
    public static void Verify(IEndpointRouteBuilder routes)
    {
        var open = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.GetParameter("tenant") is not null && endpoint.Metadata.GetMetadata<TenantRequirement>() is null)
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (open.Count > 0) throw new InvalidOperationException($"These routes name a tenant but do not require one: {string.Join(", ", open)}.");
    }
}

/// <summary>
/// On an endpoint: hidden from all but operators and, where <paramref name="AdmitsReaders"/>, whoever may read in the operators' tenant. The grain behind it asks for more where more is needed.
/// </summary>
internal sealed record OperatorRequirement(bool AdmitsReaders)
{
    public static readonly OperatorRequirement Operators = new(AdmitsReaders: false);
    public static readonly OperatorRequirement OperatorsAndReaders = new(AdmitsReaders: true);
}
