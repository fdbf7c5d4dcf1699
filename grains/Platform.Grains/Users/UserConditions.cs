using System.Collections.Immutable;
using Platform.SecondFactors;
using Platform.Storage;

namespace Platform.Users;

/// <summary>What of a filter the table of users decides, as SQL that both databases understand. All columns but the hashes are in one index with tenant and id.</summary>
internal sealed class UserConditions
{
    public static readonly UserConditions None = new("", []);

    private readonly string _sql;
    private readonly ImmutableArray<(string Name, object? Value)> _parameters;

    private UserConditions(string sql, ImmutableArray<(string, object?)> parameters) => (_sql, _parameters) = (sql, parameters);

    /// <summary>Of all but names and addresses, whose hashes are given apart.</summary>
    public static UserConditions Of(UserFilter filter)
    {
        var where = None;
        // Numbers stand in the text: that is how a database knows that an index with a condition will do.
        if (filter.Status is { } status) where = where.And($"status = {(int)status}");
        if (filter.Role is { } role) where = where.And("listed_role = @role", ("@role", role));
        if (filter.SecondFactor is { } factor) where = where.And(Of(factor));
        if (filter.LastSignInBefore is { } time) where = where.And("last_sign_in_at < @before", ("@before", Columns.Ticks(time)));
        return where;
    }

    public UserConditions WithName(string blindIndex) => And("username_blind_index = @name", ("@name", blindIndex));

    public UserConditions WithEmail(string blindIndex) => And("email_blind_index = @email", ("@email", blindIndex));

    /// <param name="name">Null: the text is no name.</param>
    /// <param name="email">Of the same text.</param>
    public UserConditions WithNameOrEmail(string? name, string email) =>
        And(
            """
            id IN (SELECT id FROM users WHERE tenant_id = @tenant AND username_blind_index = @wholeName
                UNION ALL SELECT id FROM users WHERE tenant_id = @tenant AND email_blind_index = @wholeEmail)
            """,
            ("@wholeName", name),
            ("@wholeEmail", email));

    /// <summary>Ids are found by the index alone, whatever is filtered; then the rows of one page are read.</summary>
    public Statement Select(string columns, TenantId tenant, string after, long limit) => new(
        $"SELECT {columns} FROM users WHERE id IN (SELECT id FROM users WHERE tenant_id = @tenant AND id > @after{_sql} ORDER BY id LIMIT @limit) ORDER BY id",
        [("@tenant", tenant.ToString()), ("@after", after), ("@limit", limit), .. _parameters]);

    private static string Of(SecondFactorFilter factor) => factor switch
    {
        SecondFactorFilter.None => "second_factors = 0",
        SecondFactorFilter.Any => "second_factors > 0",
        SecondFactorFilter.Totp => $"second_factors > 0 AND second_factors & {(int)SecondFactorMethods.Totp} <> 0",
        SecondFactorFilter.Sms => $"second_factors > 0 AND second_factors & {(int)SecondFactorMethods.Sms} <> 0",
        _ => throw new ArgumentOutOfRangeException(nameof(factor)),
    };

    private UserConditions And(string condition, params ReadOnlySpan<(string, object?)> parameters) => new($"{_sql} AND {condition}", [.. _parameters, .. parameters]);
}
