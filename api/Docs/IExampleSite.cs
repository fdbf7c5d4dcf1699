namespace Platform.Api.Docs;

/// <summary>The example page that a program serves beside the API.</summary>
internal interface IExampleSite
{
    /// <summary>Null where there is none.</summary>
    string? Address { get; }
}
