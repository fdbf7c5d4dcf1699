using Platform.Journal;
using Platform.Security;

namespace Platform.Grains.Tests.Journal;

public sealed class JournalReaderTests : IDisposable
{
    private readonly JournalSample _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void Read_WhatWasWritten_IsTheSameInOrderAndWithoutGap()
    {
        var events = JournalSample.Row(5);
        _sample.Write([.. events[..3], new JournalClosed { At = JournalSample.Start }]);
        _sample.Write(JournalSample.Start + TimeSpan.FromHours(1), events[3..]);

        var read = _sample.Read();

        read.Events.Select(one => one.Hash).ShouldBe(events.Select(one => one.Hash));
        read.Events[0].ShouldBeEquivalentTo(events[0]);
        read.Gaps.ShouldBeEmpty();
        read.LastAt.ShouldBe(JournalSample.Start + TimeSpan.FromHours(1), "the later file was opened then");
    }

    /// <summary>A process went down while it wrote: nobody was told that it was done.</summary>
    [Fact, Trait("Fault", "F21")]
    public void Read_OfEveryPrefixOfAFile_HasTheWholeLinesAndNoMore()
    {
        var path = _sample.Write(JournalSample.Row(3));
        var bytes = File.ReadAllBytes(path);
        var ends = bytes.Select((octet, i) => (octet, i)).Where(at => at.octet == '\n').Select(at => at.i + 1).ToArray();
        for (var length = bytes.Length; length >= 0; length -= 7)
        {
            File.WriteAllBytes(path, bytes[..length]);
            _sample.Read().Events.Count.ShouldBe(Math.Max(0, ends.Count(end => end <= length) - 1), $"{length} bytes");
        }
    }

    [Fact, Trait("Threat", "T78")]
    public void Read_OfAnAlteredLine_IsRefused()
    {
        var path = _sample.Write(JournalSample.Row(3));
        var bytes = File.ReadAllBytes(path);
        var altered = 0;
        for (var i = 0; i < bytes.Length - 1; i += 3)
        {
            if (bytes[i] is (byte)'\n') continue;
            var wrong = (byte[])bytes.Clone();
            wrong[i] ^= 1;
            if (wrong[i] is (byte)'\n') continue;
            File.WriteAllBytes(path, wrong);
            try
            {
                // Another key's name in the first line makes the file another key's: not refused, but a gap.
                _sample.Read().Gaps.ShouldNotBeEmpty($"byte {i}");
            }
            catch (JournalException refused)
            {
                refused.Message.ShouldContain("was altered");
                altered++;
            }
        }

        altered.ShouldBeGreaterThan(bytes.Length / 5);
    }

    [Fact, Trait("Threat", "T78")]
    public void Read_WithALineTakenOutOrMoved_IsRefused()
    {
        var path = _sample.Write(JournalSample.Row(4));
        var lines = File.ReadAllLines(path);

        File.WriteAllLines(path, [.. lines[..2], .. lines[3..]]);
        Should.Throw<JournalException>(() => _sample.Read());
        File.WriteAllLines(path, [lines[0], lines[2], lines[1], lines[3]]);
        Should.Throw<JournalException>(() => _sample.Read());
    }

    [Fact, Trait("Fault", "F21")]
    public void Read_WithoutAFileThatALaterOneNames_HasAGap()
    {
        var first = _sample.Write(JournalSample.Row(1));
        var missing = _sample.Write(JournalSample.Start + TimeSpan.FromHours(1), JournalSample.Row(1, after: 1, previous: "0001"));
        _sample.Write(JournalSample.Start + TimeSpan.FromHours(2));
        _sample.Read().Gaps.ShouldBeEmpty();

        File.Delete(missing);

        _sample.Read().Gaps.ShouldHaveSingleItem().ShouldContain(Path.GetFileName(missing));
        File.Delete(first);
        _sample.Read().Gaps.Count.ShouldBe(3, "and it begins too late");
    }

    [Fact, Trait("Fault", "F21")]
    public void Read_OfAFileThatEndedBeforeTheBackup_MayBeGone()
    {
        var old = _sample.Write(JournalSample.Start - TimeSpan.FromDays(3));
        _sample.Write(JournalSample.Start - TimeSpan.FromHours(2), JournalSample.Row(1));
        File.Delete(old);

        _sample.Read().Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void Prune_OfWhatNoBackupNeeds_LeavesTheNewestAndWhatABackupNeeds()
    {
        string[] files = [.. Enumerable.Range(0, 5).Select(day => _sample.Write(JournalSample.Start + TimeSpan.FromDays(day)))];
        var foreign = Path.Combine(_sample.Folder, "endings-other-20200101T000000000Z-00000000.journal");
        File.WriteAllText(foreign, "");

        JournalRetention.Prune(_sample.Folder, JournalSample.Environment, JournalSample.Start + TimeSpan.FromDays(3));
        Directory.GetFiles(_sample.Folder).Order().ShouldBe([foreign, .. files[2..].Order()], ignoreOrder: true);

        JournalRetention.Prune(_sample.Folder, JournalSample.Environment, JournalSample.Start + TimeSpan.FromDays(300));
        Directory.GetFiles(_sample.Folder).ShouldBe([foreign, files[^1]], ignoreOrder: true);
        JournalRetention.Prune(_sample.Folder + "x", JournalSample.Environment, JournalSample.Start);
    }

    [Fact, Trait("Threat", "T77")]
    public void Read_WithAnotherMasterKey_BelievesNothing()
    {
        using var other = new MasterKey([.. Enumerable.Repeat((byte)1, 32)]);
        _sample.Write(JournalSample.Row(2));

        var read = _sample.Read(new JournalKey(other));

        read.Events.ShouldBeEmpty();
        read.Gaps.ShouldHaveSingleItem().ShouldContain("another master key");
    }

    [Fact]
    public void Read_WithoutFolderOrFiles_SaysSo()
    {
        _sample.Read().Gaps.ShouldHaveSingleItem().ShouldContain("begins after");
        Should.Throw<JournalException>(() => JournalReader.Read(_sample.Folder + "x", "test", _sample.Key, JournalSample.Start, _ => true)).Message.ShouldContain("Mount its disk");
    }
}
