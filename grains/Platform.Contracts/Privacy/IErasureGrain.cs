namespace Platform.Privacy;

/// <summary>Key: <see cref="UserId"/>. Erases that user, once and for ever (row PRIVACY).</summary>
[Alias("platform.IErasureGrain")]
public interface IErasureGrain : IGrainWithStringKey
{
    /// <summary>
    /// Members of the user's tenant with <see cref="Permissions.ManageUsers"/> and all permissions of the user, after a sign-in of the last quarter hour. Durable when it
    /// returns: the platform completes the rest by itself, whatever happens to this process. A repeated call returns the same erasure. It also works for users that were deleted before.
    /// Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/>, <see cref="Refusal.ReauthenticationRequired"/>, <see cref="Refusal.LastManager"/>.
    /// </summary>
    [Alias("Request")]
    Task<Outcome<ErasureCertificate>> RequestAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Continues an erasure that was begun; otherwise does nothing.</summary>
    [Alias("Resume")]
    Task ResumeAsync(CancellationToken cancellationToken);
}
