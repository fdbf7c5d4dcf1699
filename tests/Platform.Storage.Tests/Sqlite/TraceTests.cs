using System.Diagnostics;
using Orleans.Storage;
using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

public sealed class TraceTests
{
    [Fact]
    [Trait("Threat", "T77")]
    public async Task Operation_IsASpanOfItsCallersTraceWithoutKeysOrValues()
    {
        const string secret = "do-not-trace";
        var spans = new List<Activity>();
        using var source = new ActivitySource("test");
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name is StorageTelemetry.SourceName or "test",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans) spans.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var folder = new TempFolder();
        using var database = await TestDatabase.OpenAsync(folder.Path);
        var storage = database.GrainStorage();
        ActivityTraceId trace;
        using (var parent = source.StartActivity("request"))
        {
            trace = parent!.TraceId;
            var id = GrainId.Create("test", secret);
            await storage.WriteStateAsync("snippet", id, new TestState<StoredSnippet> { State = new() { Name = secret } });
            await Should.ThrowAsync<InconsistentStateException>(() => storage.WriteStateAsync("snippet", id, new TestState<StoredSnippet> { State = new() }));
            await storage.ReadStateAsync("snippet", id, new TestState<StoredSnippet>());
        }

        var ours = spans.Where(span => span.TraceId == trace && span.Source.Name == StorageTelemetry.SourceName).ToList();
        ours.Select(span => span.DisplayName).ShouldBe(["write grain_state", "write grain_state", "read grain_state"]);
        foreach (var span in ours)
        {
            span.Kind.ShouldBe(ActivityKind.Client);
            span.GetTagItem("db.system.name").ShouldBe("sqlite");
            span.GetTagItem("db.operation.name").ShouldBe(span.DisplayName.Split(' ')[0]);
            span.TagObjects.ShouldAllBe(tag => !tag.Value!.ToString()!.Contains(secret));
        }
    }
}
