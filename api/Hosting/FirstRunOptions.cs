namespace Platform.Api.Hosting;

/// <summary>Section <c>Platform:Bootstrap</c>.</summary>
internal sealed class FirstRunOptions
{
    public const string Section = "Platform:Bootstrap";

    /// <summary>
    /// Password of <c>operator</c> in tenant <c>platform</c>, used at the first start only. Default: a random one, printed once to the console.
    /// </summary>
    public string? OperatorPassword { get; set; }
}
