using Platform.Audit;
using Platform.Grains.Tests.Hosting;

namespace Platform.Grains.Tests.Audit;

/// <summary>Somebody with all rights on the database changes the log (threat T73): the check names the first event that is not as it was.</summary>
public sealed class AuditTamperingTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const int Events = 40;

    private static readonly string[] Texts = ["event_id", "action", "reason", "actor_type", "actor_id", "target_type", "target_id", "session_id", "trace_id"];
    private static readonly string[] Bytes = ["actor_commitment", "actor_sealed", "target_commitment", "target_sealed", "previous_hash", "hash"];

    private readonly AuditSample _log = new(fixture.Silo);

    [Fact, Trait("Threat", "T73"), Trait("Pace", "Slow")]
    public async Task Verify_AnyOneChange_NamesTheEvent()
    {
        await PrepareAsync();
        var random = new Random(20260822);
        for (var round = 0; round < 150; round++)
        {
            var victim = random.Next(1, Events + 1);
            var what = await TamperAsync(random, victim);
            var state = await _log.VerifyAsync();
            state.FirstInvalid.ShouldBe(victim, what);
            await RestoreAsync();
        }

        await _log.ShouldBeGoodAsync(Events);
    }

    [Fact, Trait("Threat", "T73")]
    public async Task Verify_DeletedOrSwapped_NamesTheFirst()
    {
        await PrepareAsync();
        var random = new Random(8_22);
        for (var round = 0; round < 20; round++)
        {
            var (one, other) = (random.Next(1, Events), random.Next(1, Events));
            if (round % 2 == 0)
            {
                await _log.SqlAsync("DELETE FROM audit_events WHERE tenant_id = @tenant AND sequence = @one", ("@one", (long)one));
                other = one;
            }
            else
            {
                if (one == other) other = one + 1;
                await MoveAsync(one, -1);
                await MoveAsync(other, one);
                await MoveAsync(-1, other);
            }

            (await _log.VerifyAsync()).FirstInvalid.ShouldBe(Math.Min(one, other));
            await RestoreAsync();
        }
    }

    [Fact, Trait("Threat", "T73")]
    public async Task Verify_TailCutWhileTheLogIsInMemory_NamesTheFirstMissing()
    {
        await PrepareAsync();

        await _log.SqlAsync("DELETE FROM audit_events WHERE tenant_id = @tenant AND sequence > 33");

        (await _log.VerifyAsync()).FirstInvalid.ShouldBe(34);
    }

    /// <summary>Everything after the tail was rewritten so that it fits together: only the signed head tells.</summary>
    [Fact, Trait("Threat", "T73")]
    public async Task Verify_TailCutWhileStopped_IsFoundByTheCheckpoint()
    {
        await using var silo = await SiloHost.StartAsync();
        var log = new AuditSample(silo);
        await log.AppendAsync(10);
        await log.UnlockAsync();
        await log.ShouldBeGoodAsync(10);
        await log.SqlAsync("DELETE FROM audit_events WHERE tenant_id = @tenant AND sequence > 7");
        await using var again = await silo.RestartAsync();
        log = new AuditSample(again, log.Tenant);

        (await log.VerifyAsync()).FirstInvalid.ShouldBe(8);

        // Grown beyond the checkpoint again: the event that it names has another hash.
        for (var i = 0; i < 5; i++) await log.AppendAsync(log.Entry(i));
        (await log.VerifyAsync()).FirstInvalid.ShouldBe(10);
    }

    [Fact, Trait("Threat", "T73")]
    public async Task Change_WithTheTriggersInPlace_IsRefusedByTheDatabase()
    {
        await using var silo = await SiloHost.StartAsync();
        var log = new AuditSample(silo);
        await log.AppendAsync(2);

        await Should.ThrowAsync<Exception>(() => log.SqlAsync("UPDATE audit_events SET reason = 'x' WHERE tenant_id = @tenant"));
        await Should.ThrowAsync<Exception>(() => log.SqlAsync("DELETE FROM audit_events WHERE tenant_id = @tenant"));

        await log.ShouldBeGoodAsync(2);
    }

    private async Task PrepareAsync()
    {
        await _log.AppendAsync(Events);
        await _log.UnlockAsync();
        await _log.SqlAsync("CREATE TABLE IF NOT EXISTS audit_copy AS SELECT * FROM audit_events WHERE tenant_id = ''");
        await _log.SqlAsync("INSERT INTO audit_copy SELECT * FROM audit_events WHERE tenant_id = @tenant");
        await _log.ShouldBeGoodAsync(Events);
    }

    private async Task RestoreAsync()
    {
        await _log.SqlAsync("DELETE FROM audit_events WHERE tenant_id = @tenant");
        await _log.SqlAsync("DELETE FROM audit_events WHERE event_id IN (SELECT event_id FROM audit_copy WHERE tenant_id = @tenant)");
        await _log.SqlAsync("INSERT INTO audit_events SELECT * FROM audit_copy WHERE tenant_id = @tenant");
    }

    private Task<int> MoveAsync(long from, long to) =>
        _log.SqlAsync("UPDATE audit_events SET sequence = @to WHERE tenant_id = @tenant AND sequence = @from", ("@to", to), ("@from", from));

    /// <returns>What was changed, for the report.</returns>
    private async Task<string> TamperAsync(Random random, long victim)
    {
        var row = (await fixture.Silo.Service<AuditEventTable>().ReadAsync(_log.Tenant, victim - 1, victim, 1, default)).ShouldHaveSingleItem();
        var choice = random.Next(Texts.Length + Bytes.Length + 3);
        var (column, value) = choice switch
        {
            _ when choice < Texts.Length => (Texts[choice], (object)Altered(TextOf(row.Link, Texts[choice]), random)),
            _ when choice < Texts.Length + Bytes.Length => (Bytes[choice - Texts.Length], Altered(BytesOf(row, Bytes[choice - Texts.Length]), random)),
            _ when choice == Texts.Length + Bytes.Length => ("occurred_at", row.Link.Time.UtcTicks + random.Next(1, 3)),
            _ when choice == Texts.Length + Bytes.Length + 1 => ("outcome", (long)row.Link.Outcome + random.Next(1, 3)),
            _ => ("tenant_id", Altered(_log.Tenant.ToString(), random)),
        };
        (await _log.SqlAsync($"UPDATE audit_events SET {column} = @value WHERE tenant_id = @tenant AND sequence = @victim", ("@value", value), ("@victim", victim))).ShouldBe(1);
        return $"{column} of {victim}";
    }

    private static string? TextOf(AuditChainEntry link, string column) => column switch
    {
        "event_id" => link.Id,
        "action" => link.Action,
        "reason" => link.Reason,
        "actor_type" => link.ActorType,
        "actor_id" => link.ActorId,
        "target_type" => link.TargetType,
        "target_id" => link.TargetId,
        "session_id" => link.SessionId,
        _ => link.TraceId,
    };

    private static byte[] BytesOf(AuditRow row, string column) => column switch
    {
        "actor_commitment" => row.Link.ActorCommitment.ToArray(),
        "actor_sealed" => row.ActorSealed!,
        "target_commitment" => row.Link.TargetCommitment.ToArray(),
        "target_sealed" => row.TargetSealed!,
        "previous_hash" => row.Link.PreviousHash.ToArray(),
        _ => row.Hash,
    };

    private static string Altered(string? text, Random random)
    {
        if (string.IsNullOrEmpty(text)) return "x";
        var at = random.Next(text.Length);
        return string.Concat(text.AsSpan(0, at), text[at] == 'a' ? "b" : "a", text.AsSpan(at + 1));
    }

    private static byte[] Altered(byte[] bytes, Random random)
    {
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }
}
