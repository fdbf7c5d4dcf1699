namespace Platform.Api.Hosting;

/// <summary>A section that a program adds to the <see cref="StartupBanner"/>.</summary>
internal interface IBannerSection
{
    /// <summary>An account with which the calls of the banner work; null where this start made none.</summary>
    FirstSignIn? SignIn { get; }

    /// <summary>Lines below the addresses.</summary>
    /// <param name="lines">The console.</param>
    /// <param name="address">Where browsers on this machine reach the platform.</param>
    void Write(TextWriter lines, string address);
}

/// <param name="Tenant">Its slug.</param>
/// <param name="Username">In that tenant.</param>
/// <param name="Password">Null where it was configured: it is not repeated then.</param>
internal sealed record FirstSignIn(string Tenant, string Username, string? Password);
