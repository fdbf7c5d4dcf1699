using FsCheck.Fluent;
using FsCheck;
using Platform.Cluster;
using Platform.Replicas;

namespace Platform.Grains.Tests.Replicas;

public sealed class ReplicaOwnerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Lease = ReplicaOwner<string>.Lease;
    private static readonly TimeSpan Margin = ReplicaOwner<string>.Margin;

    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<string, string> _replicas = [];

    /// <summary>Three holders, 200 runs of 1,500 steps each: about a million answers.</summary>
    [Theory, Trait("Threat", "T31"), Trait("Threat", "T40"), Trait("Threat", "T41")]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.4)]
    public void AnySequence_OnANetworkThatDelaysDropsAndReorders_NobodyAnswersByWhatWasBeforeAnAnsweredChange(double loss)
    {
        var (answers, answered, waited) = (0, 0, 0);
        for (var seed = 1; seed <= 200; seed++)
        {
            var simulation = new ReplicaSimulation(seed, loss);
            simulation.Run(1_500);
            answers += simulation.Answers;
            answered += simulation.Answered;
            waited += simulation.WaitedForLease;
        }

        output.WriteLine($"{answers} answers by replicas, {answered} answered changes, {waited} of them after the lease of a holder that did not confirm");
        answers.ShouldBeGreaterThan(10_000);
        waited.ShouldBeGreaterThan(0);
        answered.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public async Task Withdraw_TheHolderConfirms_IsOverWithoutTheLease()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);
        owner.Grant(holder.Id, "a", () => "1");
        await AskAsync(owner, holder);
        await AskAsync(owner, holder);
        _replicas["a"].ShouldBe("1");

        var withdrawn = owner.WithdrawAsync("a");
        withdrawn.IsCompleted.ShouldBeFalse();
        await AskAsync(owner, holder);
        _replicas.ShouldBeEmpty();
        await AskAsync(owner, holder);

        await withdrawn.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        owner.IsHeld("a").ShouldBeFalse();
    }

    [Fact]
    public async Task Withdraw_TheHolderIsSilent_IsOverWhenItsLeaseIsAndNotBefore()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);
        owner.Grant(holder.Id, "a", () => "1");
        await AskAsync(owner, holder);

        var withdrawn = owner.WithdrawAsync("a");
        _time.Advance(Lease);
        holder.Lease.IsHeld.ShouldBeFalse();
        withdrawn.IsCompleted.ShouldBeFalse();
        _time.Advance(Margin);

        await withdrawn.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    [Fact]
    public async Task Withdraw_AgainWhileTheFirstIsNotConfirmed_WaitsAsTheFirst()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);
        owner.Grant(holder.Id, "a", () => "1");
        await AskAsync(owner, holder);

        var first = owner.WithdrawAsync("a");
        var second = owner.WithdrawAsync("a");

        second.IsCompleted.ShouldBeFalse();
        await AskAsync(owner, holder);
        await AskAsync(owner, holder);
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    [Fact]
    public async Task Withdraw_OfWhatNobodyHolds_IsOverAtOnce()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);
        owner.Grant(holder.Id, "a", () => "1");

        owner.WithdrawAsync("b").IsCompleted.ShouldBeTrue();
        owner.ReplaceAsync("b", "2").IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Withdraw_AfterAReset_WaitsForWhoeverWasForgotten()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);
        owner.Grant(holder.Id, "a", () => "1");
        await AskAsync(owner, holder);
        owner.Reset();

        var withdrawn = owner.WithdrawAsync("a");

        withdrawn.IsCompleted.ShouldBeFalse();
        (await TryAskAsync(owner, holder)).ShouldBeFalse();
        holder.Lease.IsHeld.ShouldBeFalse();
        _time.Advance(Lease + Margin);
        await withdrawn.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    [Fact]
    public async Task Lease_IsNeverLongerThanTheOwnersOwn()
    {
        var own = new MembershipLease(_time);
        own.HoldUntil(_time.GetTimestamp() + TimeSpan.FromMilliseconds(700).Ticks);
        var owner = new ReplicaOwner<string>(own, _time);
        var holder = await ConnectAsync(owner);

        holder.Lease.IsHeld.ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(700));
        holder.Lease.IsHeld.ShouldBeFalse();
        await AskAsync(owner, holder);
        holder.Lease.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public async Task Holder_LetsTooManyChangesStand_IsForgottenAndStartsAnew()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);
        for (var i = 0; i <= ReplicaOwner<string>.MaxUnconfirmed; i++) owner.Notify(holder.Id, "notice");

        owner.IsKnown(holder.Id).ShouldBeFalse();
        (await TryAskAsync(owner, holder)).ShouldBeFalse();
    }

    [Fact]
    public async Task Holder_SilentForAMinute_IsForgotten()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);

        _time.Advance(TimeSpan.FromMinutes(1));
        owner.ForgetSilent(TimeSpan.FromMinutes(1));
        owner.IsKnown(holder.Id).ShouldBeTrue();
        _time.Advance(TimeSpan.FromTicks(1));
        owner.ForgetSilent(TimeSpan.FromMinutes(1));

        owner.IsKnown(holder.Id).ShouldBeFalse();
    }

    [Fact]
    public async Task Receive_ManyChanges_ComeInPartsAndTheLeaseWithTheLast()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, _time);
        var holder = await ConnectAsync(owner);
        _time.Advance(Lease);
        for (var i = 0; i < 2_500; i++) owner.Grant(holder.Id, $"{i}", () => "1");

        await AskAsync(owner, holder);
        (_replicas.Count, holder.Lease.IsHeld).ShouldBe((1_000, false));
        await AskAsync(owner, holder);
        await AskAsync(owner, holder);

        (_replicas.Count, holder.Lease.IsHeld).ShouldBe((2_500, true));
    }

    /// <summary>Grants and changes from many threads while a holder asks: it ends with what the owner has, whatever came first.</summary>
    [Fact]
    public async Task Changes_FromManyThreads_LeaveTheHolderWithTheLast()
    {
        var owner = new ReplicaOwner<string>(MembershipLease.ForEver, TimeProvider.System);
        var values = new string[16];
        Array.Fill(values, "0");
        var holder = new ReplicaHolder<string>(Guid.CreateVersion7(_time.GetUtcNow()), Apply, TimeProvider.System);
        (await TryAskAsync(owner, holder, TimeProvider.System, TimeSpan.Zero)).ShouldBeTrue();
        var stopped = 0;
        var asking = Task.Run(async () =>
        {
            while (Volatile.Read(ref stopped) == 0) (await TryAskAsync(owner, holder, TimeProvider.System, TimeSpan.FromMilliseconds(5))).ShouldBeTrue();
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (var i = 1; i <= 500; i++)
            {
                var key = (thread * 4) + (i % 4);
                owner.Grant(holder.Id, $"{key}", () => Volatile.Read(ref values[key]));
                Volatile.Write(ref values[key], $"{i}");
                await owner.ReplaceAsync($"{key}", $"{i}");
            }
        }))).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        Volatile.Write(ref stopped, 1);
        await asking;

        foreach (var (key, value) in _replicas) value.ShouldBe(values[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)], $"key {key}");
        _replicas.Count.ShouldBe(16);
    }

    [Fact]
    public void Accept_BatchesInAnyOrder_AppliesEachChangeOnceAndInItsOrder() =>
        Prop.ForAll<int[], byte>((order, count) =>
        {
            var applied = new List<string>();
            var holder = new ReplicaHolder<string>(Guid.CreateVersion7(_time.GetUtcNow()), change => applied.Add(change.State!), _time);
            var changes = Enumerable.Range(1, (count % 20) + 1).Select(number => new ReplicaChange<string>("a", $"{number}")).ToArray();
            foreach (var start in order.Select(it => Math.Abs((long)it) % changes.Length).Append(0))
            {
                holder.TryAccept(new() { Incarnation = 1, First = start + 1, Changes = [.. changes[(int)start..]], Now = _time.GetUtcNow() }, _time.GetTimestamp());
            }

            return applied.SequenceEqual(changes.Select(change => change.State!)) && holder.Processed == changes.Length;
        }).QuickCheckThrowOnFailure();

    private async Task<ReplicaHolder<string>> ConnectAsync(ReplicaOwner<string> owner)
    {
        var holder = new ReplicaHolder<string>(Guid.CreateVersion7(_time.GetUtcNow()), Apply, _time);
        await AskAsync(owner, holder);
        return holder;
    }

    private void Apply(ReplicaChange<string> change)
    {
        if (change.State is { } state) _replicas[change.Key] = state;
        else _replicas.Remove(change.Key);
    }

    private async Task AskAsync(ReplicaOwner<string> owner, ReplicaHolder<string> holder) => (await TryAskAsync(owner, holder)).ShouldBeTrue();

    private Task<bool> TryAskAsync(ReplicaOwner<string> owner, ReplicaHolder<string> holder) => TryAskAsync(owner, holder, _time, TimeSpan.Zero);

    private static async Task<bool> TryAskAsync(ReplicaOwner<string> owner, ReplicaHolder<string> holder, TimeProvider time, TimeSpan patience)
    {
        var asked = time.GetTimestamp();
        return holder.TryAccept(await owner.ReceiveAsync(holder.Id, holder.Incarnation, holder.Processed, patience, default), asked);
    }
}
