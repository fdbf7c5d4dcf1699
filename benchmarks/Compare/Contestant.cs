namespace Platform.Benchmarks.Compare;

/// <summary>A row that is measured: a server, a call, and one request for each session.</summary>
internal sealed record Contestant(string Name, ComparedCall Call, int Status, ServerProcess Server, ICompareStore? Store, byte[][] Requests);
