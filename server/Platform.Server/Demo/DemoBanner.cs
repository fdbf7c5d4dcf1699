using Platform.Api.Hosting;

namespace Platform.Server.Demo;

internal sealed class DemoBanner(DemoTenant tenant, DemoSite site) : IBannerSection
{
    /// <summary>The tenant's owner.</summary>
    public FirstSignIn? SignIn => tenant.Users is [var owner, ..] ? new FirstSignIn(DemoTenant.Slug, owner.Username, owner.Password) : null;

    public void Write(TextWriter lines, string address)
    {
        if (site.Address is { } example)
        {
            lines.WriteLine($"  Example page {example}");
            lines.WriteLine($"               of tenant '{DemoTenant.Slug}'; {address}/docs/snippet says how it is done");
            if (tenant.IsNew) lines.WriteLine($"               Its sessions end after {DemoSnippet.IdleTimeout.TotalSeconds} seconds without activity, so that the page can show it");
        }
        else if (site.WhyNot is { } reason)
        {
            lines.WriteLine($"  Example page none: {reason}");
        }
    }
}
