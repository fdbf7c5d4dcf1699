using Platform.Audit;
using Platform.Grains.Tests.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Journal;
using Platform.Security;

namespace Platform.Grains.Tests.Journal;

/// <summary>The log and its journal, on a silo.</summary>
public sealed class EndingJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Trait("Threat", "T78")]
    public async Task Append_ManyAtOnce_JournalHasTheWholeLogAndNothingPersonal()
    {
        await using var silo = await StartAsync();
        var log = new AuditSample(silo);

        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => log.AppendAsync(log.Entry(i))));

        var events = await log.ReadAllAsync();
        var history = TenantHistory.Of(Read(silo).Events.Where(one => one.Tenant == log.Tenant), new HashSet<string>(), default, 0, Convert.ToHexStringLower(AuditChainEntry.Genesis.Span));
        history.IsWhole.ShouldBeTrue();
        history.Events.Select(one => one.Hash).ShouldBe(events.Select(one => Convert.ToHexStringLower(one.Hash.AsSpan())));
        var text = string.Concat(Directory.GetFiles(_folder).Select(ReadShared));
        foreach (var personal in (string[])["ana", "user1\"", "@example.com", AuditSample.Client.Ip!, AuditSample.Client.UserAgent!]) text.ShouldNotContain(personal, Case.Sensitive);
    }

    /// <summary>Nothing is in the log that the journal does not know, and nothing was done.</summary>
    [Fact, Trait("Fault", "F21"), Trait("Threat", "T74")]
    public async Task Append_WithoutTheDisk_RefusesAndGoesOnWhenItIsBack()
    {
        await using var silo = await StartAsync();
        var log = new AuditSample(silo);
        await log.AppendAsync(2);
        Directory.Move(_folder, _folder + ".away");

        await Should.ThrowAsync<StorageUnavailableException>(() => log.AppendAsync(1));
        await Should.ThrowAsync<StorageUnavailableException>(() => log.AppendAsync(1));
        silo.Service<EndingJournal>().IsWritable.ShouldBeFalse();
        (await log.ReadAllAsync()).Count.ShouldBe(2);

        Directory.Move(_folder + ".away", _folder);
        await log.AppendAsync(2);
        silo.Service<EndingJournal>().IsWritable.ShouldBeTrue();
        (await log.ReadAllAsync()).Count.ShouldBe(4);
        var read = Read(silo);
        TenantHistory.Of(read.Events.Where(one => one.Tenant == log.Tenant), read.Withdrawn, default, 0, Convert.ToHexStringLower(AuditChainEntry.Genesis.Span)).IsWhole.ShouldBeTrue();
    }

    [Fact, Trait("Fault", "F15")]
    public async Task Append_AnotherActivationWasFirst_JournalHasOneLog()
    {
        await using var silo = await StartAsync();
        var log = new AuditSample(silo);
        await log.AppendAsync(1);
        var table = silo.Service<AuditEventTable>();
        AuditEntry[] entries = [log.Entry(6)];
        var rows = await silo.Service<AuditSealer>().SealAsync(log.Tenant, await table.FindHeadAsync(log.Tenant, default), entries, default);
        await silo.Service<AuditJournal>().AppendAsync(entries, rows);
        await table.AppendAsync(rows, checkpoint: null, default);

        await log.AppendAsync(1);

        var read = Read(silo);
        read.Withdrawn.ShouldHaveSingleItem();
        var history = TenantHistory.Of(read.Events.Where(one => one.Tenant == log.Tenant), read.Withdrawn, default, 0, Convert.ToHexStringLower(AuditChainEntry.Genesis.Span));
        (history.IsWhole, history.To).ShouldBe((true, 3));
        history.Events.Select(one => one.Hash).ShouldBe((await log.ReadAllAsync()).Select(one => Convert.ToHexStringLower(one.Hash.AsSpan())));
    }

    [Fact]
    public async Task Stop_EndsTheFileAndTheNextProcessBeginsAnother()
    {
        var silo = await StartAsync();
        await silo.StopAsync();
        File.ReadAllLines(Directory.GetFiles(_folder).ShouldHaveSingleItem())[^1].ShouldContain("\"closed\"");

        await using var next = await silo.RestartAsync(("Platform:Backups:Journal", _folder));

        await next.Service<EndingJournal>().BeatAsync();
        Directory.GetFiles(_folder).Length.ShouldBe(2);
        Read(next).Gaps.ShouldBeEmpty();
    }

    private Task<SiloHost> StartAsync() => SiloHost.StartAsync(("Platform:Backups:Journal", _folder));

    private ReadJournal Read(SiloHost silo) => JournalReader.Read(_folder, "development", silo.Service<JournalKey>(), silo.Time.GetUtcNow(), _ => true);

    private static string ReadShared(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }
}
