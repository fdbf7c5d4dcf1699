namespace Platform.Privacy;

/// <summary>Key: <see cref="UserId"/>. Erases that user, once and for ever (row PRIVACY).</summary>
[Alias("platform.IErasureGrain")]
public interface IErasureGrain : IGrainWithStringKey
{
    /// <summary>
    /// Members of the user's tenant with <see cref="Permissions.ManageUsers"/> and all that the user may do, after a sign-in of the last quarter hour. Durable when it
    /// returns: what is not done yet is done by itself, whatever happens to this process. Asked again: the same erasure. Also for users that were deleted before.
    /// Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/>, <see cref="Refusal.ReauthenticationRequired"/>, <see cref="Refusal.LastManager"/>.
    /// </summary>
    [Alias("Request")]
    Task<Outcome<ErasureCertificate>> RequestAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Goes on with what was begun; nothing where nothing was.</summary>
    [Alias("Resume")]
    Task ResumeAsync(CancellationToken cancellationToken);
}
