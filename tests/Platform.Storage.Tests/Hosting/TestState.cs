using System.Diagnostics.CodeAnalysis;

namespace Platform.Storage.Tests.Hosting;

internal sealed class TestState<T> : IGrainState<T>
{
    [AllowNull]
    public T State { get; set; } = default!;

    public string? ETag { get; set; }
    public bool RecordExists { get; set; }
}
