namespace Platform.Hosting;

/// <summary>File descriptors that a part of this process may open, such as a pool of connections: a host sets them aside before it takes clients.</summary>
internal sealed record ReservedDescriptors(int Count);
