using Platform.Api.Hosting;
using Platform.Silo.Hosting;

namespace Platform.Server;

/// <summary>The operator, where this start made it. <see cref="OperatorBootstrap"/> has shown the password itself, the moment it was durable.</summary>
internal sealed class OperatorBanner(OperatorBootstrap operators) : IBannerSection
{
    public FirstSignIn? SignIn => operators.IsMade ? new FirstSignIn("platform", "operator", operators.Password) : null;

    public void Write(TextWriter lines, string address) { }
}
