using System.Collections.Immutable;
using Platform.Paging;
using Platform.Security;
using Platform.Storage;
using Platform.Text;

namespace Platform.Users;

/// <summary>
/// Finds users of a tenant. Names and addresses are sealed, so the database knows whole ones only, by keyed hashes (decision 54); a part of one is looked for by opening
/// rows, a bounded number a page (decision 98).
/// </summary>
internal sealed class UserSearch(UserTable users, UsernameBlindIndex names)
{
    /// <summary>A page's key begins with its stage: who has the text as a whole, then who has it as a part.</summary>
    private const char Whole = '=';
    private const char Part = '~';

    private static readonly Page<UserView> Nobody = new([], null);

    public async Task<Page<UserView>> FindAsync(TenantId tenant, UserFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var where = UserConditions.Of(filter);
        if (filter.Username is { } typed)
        {
            if (!Usernames.TryNormalise(typed, out var name)) return Nobody;
            where = where.WithName(names.Of(tenant, name));
        }

        if (filter.Email is { } email) where = where.WithEmail(names.OfEmail(tenant, EmailAddresses.Comparable(email)));
        return filter.Search is { } text
            ? await SearchAsync(tenant, where, text, page, cancellationToken)
            : await users.ListAsync(tenant, where, page, cancellationToken);
    }

    private async Task<Page<UserView>> SearchAsync(TenantId tenant, UserConditions where, string text, PageRequest page, CancellationToken cancellationToken)
    {
        var name = Usernames.TryNormalise(text, out var normalised) ? normalised : null;
        var part = Columns.Fold(text);
        var found = ImmutableArray<UserView>.Empty;
        var after = page.After ?? $"{Whole}";
        if (after[0] == Whole)
        {
            var whole = await users.ListAsync(
                tenant, where.WithNameOrEmail(name is null ? null : names.Of(tenant, name), names.OfEmail(tenant, EmailAddresses.Comparable(text))), page with { After = after[1..] }, cancellationToken);
            if (whole.Next is { } next) return whole with { Next = Whole + next };
            (found, after) = (whole.Items, $"{Part}");
            if (found.Length == page.Size()) return whole with { Next = after };
        }

        var room = page.Size() - found.Length;
        var opened = await users.ListAsync(tenant, where, after[1..], Pages.Opened, cancellationToken);
        var parts = opened.Fitting(room, user => Has(user, part) && !HasWhole(user, name, part), user => user.Id.ToString());
        return new Page<UserView>([.. found, .. parts.Items], parts.Next is null ? null : Part + parts.Next);
    }

    private static bool Has(UserView user, string part) =>
        Columns.Fold(user.Username).Contains(part, StringComparison.Ordinal) || Columns.Fold(user.Email).Contains(part, StringComparison.Ordinal);

    /// <summary>By its hashes it was shown already. A row from before there were filters has none of its address.</summary>
    private static bool HasWhole(UserView user, string? name, string email) =>
        (name is not null && Usernames.TryNormalise(user.Username, out var own) && own == name) || (user.SecondFactors is not null && EmailAddresses.Comparable(user.Email) == email);
}
