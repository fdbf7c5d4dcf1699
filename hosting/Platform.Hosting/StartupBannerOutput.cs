namespace Platform.Hosting;

/// <summary>Writer for output meant for the operator only: standard output, except in tests.</summary>
public sealed record StartupBannerOutput(TextWriter Writer);
