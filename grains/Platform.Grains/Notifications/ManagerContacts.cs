using Platform.Internal;

namespace Platform.Notifications;

/// <summary>E-mail addresses of those who can manage a tenant's users, for messages about the tenant.</summary>
internal sealed class ManagerContacts(IGrainFactory grains)
{
    /// <param name="tenant">Whose managers.</param>
    /// <param name="limit">Nobody waits for more messages than this to be written.</param>
    /// <param name="except">Left out: gets another message.</param>
    internal async Task<List<(UserId User, string Email)>> ListAsync(TenantId tenant, int limit, UserId? except, CancellationToken cancellationToken)
    {
        var contacts = new List<(UserId, string)>();
        foreach (var manager in (await grains.TenantInternal(tenant).ListManagersAsync(cancellationToken)).Where(manager => manager != except).Take(limit))
        {
            if (await grains.UserInternal(manager).FindContactAsync(cancellationToken) is { } contact) contacts.Add((manager, contact.Email));
        }

        return contacts;
    }
}
