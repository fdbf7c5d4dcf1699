using Platform.Clocks;

namespace Platform.Internal;

/// <summary>Whether an operator has proven a second factor, before what is not the operators' own is shown.</summary>
internal static class OperatorFactor
{
    /// <param name="grains">The factory.</param>
    /// <param name="actor">An operator.</param>
    /// <param name="within">How fresh the proof must be; null: of any age that the session may have.</param>
    /// <param name="now">The time of this node.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public static async Task<Refusal> RefuseFactorAsync(this IGrainFactory grains, Actor actor, TimeSpan? within, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The account is asked each time: a session lives on where its user gives the factor up in it.
        if (await grains.UserInternal(actor.UserId).HasSecondFactorAsync(cancellationToken) is not { } hasFactor) return Refusal.NotFound;
        if (!hasFactor) return Refusal.SecondFactorEnrolmentRequired;
        return actor.SecondFactorAt is { } provenAt && (within is not { } fresh || StoredTime.IsWithin(provenAt, fresh, now)) ? Refusal.None : Refusal.ReauthenticationRequired;
    }
}
