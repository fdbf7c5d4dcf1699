using Platform.Tenants;

namespace Platform.Audit;

/// <summary>Checks a log against itself, its checkpoints and its head, a step at a time.</summary>
internal sealed class AuditVerifier(IGrainFactory grains, AuditEventTable events, AuditSealer sealer, AuditSigner signer, TimeProvider time)
{
    private const int StepSize = 1_000;

    public async Task<AuditVerification> BeginAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var head = await grains.AuditLog(tenant).HeadAsync(cancellationToken);
        var signed = await events.FindLastCheckpointAsync(tenant, cancellationToken);
        var cut = signed is not null && signed.Sequence > head.Sequence;
        var state = new AuditVerification
        {
            Sequence = 0,
            Hash = [.. AuditChainEntry.Genesis.Span],
            HeadSequence = cut ? signed!.Sequence : head.Sequence,
            HeadHash = cut ? null : head.Hash,
        };
        if (await events.FindFloorAsync(tenant, cancellationToken) is not { } floor) return state;

        // Old events were dropped: the first that remains must follow a checkpoint that was signed long enough ago, whoever dropped them.
        var found = await events.ReadCheckpointsAsync(tenant, floor.Sequence - 1, 1, cancellationToken);
        var anchor = found.Count == 1 && found[0].Sequence == floor.Sequence && found[0].Hash.AsSpan().SequenceEqual(floor.Hash.Span) ? found[0] : null;
        var good = anchor is not null && anchor.Time <= time.GetUtcNow() - TenantRetention.MinAccessLog && await signer.IsGenuineAsync(anchor, cancellationToken);
        return good ? state with { Sequence = floor.Sequence, Hash = anchor!.Hash, Anchor = anchor, Checkpoints = 1, SignedSequence = floor.Sequence } : Invalid(state, floor.Sequence);
    }

    public async Task<AuditVerification> StepAsync(TenantId tenant, AuditVerification state, CancellationToken cancellationToken)
    {
        if (state.Finished) return state;
        if (state.Sequence >= state.HeadSequence) return End(state);
        var rows = await events.ReadAsync(tenant, state.Sequence, state.HeadSequence, StepSize, cancellationToken);
        if (rows.Count == 0) return Invalid(state, state.Sequence + 1);
        if (rows[0].Link.Sequence > state.Sequence + 1 && await events.FindFloorAsync(tenant, cancellationToken) is { } floor && floor.Sequence > state.Sequence)
        {
            // The event to be checked next was dropped meanwhile.
            return await BeginAsync(tenant, cancellationToken);
        }

        var opened = await sealer.OpenAsync(rows, cancellationToken);
        var checkpoints = await CheckpointsAsync(tenant, state.Sequence, rows[^1].Link.Sequence, cancellationToken);
        var scratch = new CanonicalJson();
        foreach (var row in opened)
        {
            if (!Follows(row, state, scratch)) return Invalid(state, state.Sequence + 1);
            var good = 0;
            foreach (var checkpoint in checkpoints.Where(c => c.Sequence == row.Row.Link.Sequence))
            {
                if (!checkpoint.Hash.AsSpan().SequenceEqual(row.Row.Hash) || !await signer.IsGenuineAsync(checkpoint, cancellationToken)) return Invalid(state, checkpoint.Sequence);
                good++;
            }

            state = state with
            {
                Sequence = row.Row.Link.Sequence,
                Hash = [.. row.Row.Hash],
                Checked = state.Checked + 1,
                Erased = state.Erased + (row.Actor.State == SectionState.Erased || row.Target.State == SectionState.Erased ? 1 : 0),
                Checkpoints = state.Checkpoints + good,
                SignedSequence = good > 0 ? row.Row.Link.Sequence : state.SignedSequence,
            };
        }

        return state.Sequence >= state.HeadSequence ? End(state) : state;
    }

    private static bool Follows(OpenedRow opened, AuditVerification state, CanonicalJson scratch) =>
        opened.Row.Link.Sequence == state.Sequence + 1
        && opened.Row.Link.PreviousHash.Span.SequenceEqual(state.Hash.AsSpan())
        && opened.Row.Link.Hash(scratch).AsSpan().SequenceEqual(opened.Row.Hash)
        && opened.Actor.State != SectionState.Broken
        && opened.Target.State != SectionState.Broken;

    private static AuditVerification End(AuditVerification state) =>
        state.HeadHash is { } hash && !hash.AsSpan().SequenceEqual(state.Hash.AsSpan()) ? Invalid(state, state.Sequence) : state with { Finished = true };

    private static AuditVerification Invalid(AuditVerification state, long sequence) => state with { FirstInvalid = sequence, Finished = true };

    private async Task<List<AuditCheckpoint>> CheckpointsAsync(TenantId tenant, long after, long upTo, CancellationToken cancellationToken)
    {
        var found = new List<AuditCheckpoint>();
        while (true)
        {
            var more = await events.ReadCheckpointsAsync(tenant, after, StepSize, cancellationToken);
            found.AddRange(more.Where(c => c.Sequence <= upTo));
            if (more.Count < StepSize || more[^1].Sequence >= upTo) return found;
            after = more[^1].Sequence;
        }
    }
}
