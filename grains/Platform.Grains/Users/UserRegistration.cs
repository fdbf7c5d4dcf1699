using System.Collections.Immutable;
using Platform.Internal;
using Platform.Security;
using Platform.SignIn;
using Platform.Text;

namespace Platform.Users;

/// <summary>Makes a user: input, hash, name, account. Without a password: an account that waits for its owner, who gets an invitation. Asks nobody for permission; its callers do.</summary>
internal sealed class UserRegistration(IGrainFactory grains, PasswordHashingQueue hashing, UsernameBlindIndex names, TimeProvider time)
{
    /// <param name="user">Checked as a whole: every fault is named.</param>
    /// <param name="cancellationToken">Stops between steps; a claimed name is given back or can be taken over.</param>
    /// <param name="pointers">Where the parts stand in the caller's body.</param>
    /// <param name="actor">Who makes it; null: the platform.</param>
    public async Task<Outcome<UserView>> CreateAsync(NewUser user, Actor? actor, CancellationToken cancellationToken, string pointers = "")
    {
        var normalised = "";
        var faults = ImmutableArray.CreateBuilder<InputError>();
        if (!Usernames.TryNormalise(user.Username, out normalised))
        {
            faults.Add(new InputError(pointers + "/username", "invalid_username",
                "Use 1 to 64 letters, digits and signs of one script, without spaces and invisible characters."));
        }

        if (!EmailAddresses.IsValid(user.Email)) faults.Add(EmailAddresses.Invalid(pointers + "/email"));
        if (faults.Count > 0) return new Outcome { Refusal = Refusal.InvalidRequest, Errors = faults.ToImmutable() };

        var unmet = user.Password is { } chosen ? PasswordPolicy.Check(chosen, user.Username, pointers + "/password") : [];
        if (unmet.Length > 0) return new Outcome { Refusal = Refusal.PasswordPolicy, Errors = unmet };

        // Asked before hashing, so that a taken name costs no hash; the claim below decides.
        var id = user.Id ?? PrefixedId.New<UserId>(time);
        var name = grains.UserName(user.TenantId, names.Of(user.TenantId, normalised));
        if (await name.FindAsync(cancellationToken) is { } owner && owner != id && await grains.UserInternal(owner).ExistsAsync(cancellationToken))
        {
            return Refusal.UsernameTaken;
        }

        var caller = new HashingCaller(IsKnown: true, user.TenantId.ToString(), Networks.WideOf(actor?.Client?.Ip));
        var hash = user.Password is { } password ? await hashing.HashAsync(caller, password, cancellationToken) : null;
        if (user.Password is not null && hash is null) return Refusal.Busy;

        if (!await name.ClaimAsync(id, cancellationToken)) return Refusal.UsernameTaken;
        return await grains.UserInternal(id).CreateAsync(
            new NewAccount
            {
                TenantId = user.TenantId,
                Username = user.Username,
                NormalisedName = normalised,
                Email = user.Email,
                PasswordHash = hash,
                Permissions = user.Permissions,
                Role = user.Role,
                MustChangePassword = user.MustChangePassword && hash is not null,
                Actor = actor,
            },
            cancellationToken);
    }
}
