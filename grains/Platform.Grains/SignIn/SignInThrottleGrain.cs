namespace Platform.SignIn;

/// <summary>Keeps <see cref="SignInThrottleState"/> and the attempts that are being evaluated. All its calls interleave: nothing is awaited between a look and a change.</summary>
internal sealed class SignInThrottleGrain(SignInThrottleTable throttles, AccountResolver accounts, TimeProvider time) : Grain, ISignInThrottleGrain
{
    /// <summary>Attempts of one network that may wait for others; one more is refused with 429.</summary>
    private const int MaxWaiting = 100;

    /// <summary>Networks that are remembered as refused.</summary>
    private const int MaxRefused = 1_000;

    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _refused = new(StringComparer.Ordinal);
    private SignInThrottleState _state = new();
    private Task _writing = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        _state = await throttles.FindAsync(this.GetPrimaryKeyString(), cancellationToken) ?? _state;

    public async Task<Admission> AdmitAsync(string network, CancellationToken cancellationToken)
    {
        if (!_lanes.TryGetValue(network, out var lane)) _lanes.Add(network, lane = new Lane());
        while (true)
        {
            var now = time.GetUtcNow();
            await CorrectAsync(now);
            if (_state.WaitFor(network, now) is { } wait)
            {
                // Whoever waits behind hears the same.
                Wake(network, lane);
                return new Admission(wait, IsFirst(network, now, now + wait), _state.IsKnown(network, now));
            }

            if (lane.Running < _state.Slots(network, now))
            {
                lane.Running++;
                if (lane.Running < _state.Slots(network, now)) Wake(network, lane);
                return new Admission(null, IsKnown: _state.IsKnown(network, now));
            }

            if (lane.Waiting >= MaxWaiting) return new Admission(ComeBack);
            await lane.WaitAsync(cancellationToken);
        }
    }

    public async Task ConcludeAsync(string network, bool? succeeded, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = _state = _state.AsOf(now);
        _state = succeeded switch
        {
            true => before.Succeeded(network, now),
            false => before.Failed(network, now),
            null => before,
        };
        if (_lanes.TryGetValue(network, out var lane))
        {
            lane.Running--;
            Wake(network, lane);
        }

        if (ReferenceEquals(_state, before)) return;
        await SaveAsync();
        if (_state is { NotificationDue: true, NotifiedAt: { } since }) await GrainFactory.FailedSignInAlert(this.GetPrimaryKeyString()).RaiseAsync(network, since);
    }

    public async Task NotifiedAsync(CancellationToken cancellationToken)
    {
        _state = _state with { NotificationDue = false };
        await SaveAsync();
    }

    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        _state = new();
        _refused.Clear();
        await SaveAsync();
        await throttles.RemoveAsync(this.GetPrimaryKeyString(), cancellationToken);
    }

    /// <summary>Written, so that it is not corrected anew each time the state is read again.</summary>
    private Task CorrectAsync(DateTimeOffset now)
    {
        var corrected = _state.AsOf(now);
        if (ReferenceEquals(corrected, _state)) return Task.CompletedTask;
        _state = corrected;
        _refused.Clear();
        return SaveAsync();
    }

    private bool IsFirst(string network, DateTimeOffset now, DateTimeOffset until)
    {
        if (_refused.TryGetValue(network, out var known) && known > now) return false;
        if (_refused.Count >= MaxRefused) _refused.Clear();
        _refused[network] = until;
        return true;
    }

    private void Wake(string network, Lane lane)
    {
        lane.WakeOne();
        if (lane.IsEmpty) _lanes.Remove(network);
    }

    /// <summary>One write at a time; each writes what is newest when its turn comes.</summary>
    private Task SaveAsync()
    {
        return _writing = WriteAsync(_writing);

        async Task WriteAsync(Task before)
        {
            try { await before; }
            catch (StorageUnavailableException) { } // Whoever waited for that one has the exception.
            await throttles.SaveAsync(this.GetPrimaryKeyString(), await accounts.FindSubjectAsync(this.GetPrimaryKeyString()), _state, CancellationToken.None);
        }
    }

    /// <summary>The attempts of one network.</summary>
    private sealed class Lane
    {
        private readonly LinkedList<TaskCompletionSource> _waiting = [];

        public int Running { get; set; }

        public int Waiting => _waiting.Count;

        public bool IsEmpty => Running == 0 && _waiting.Count == 0;

        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var place = _waiting.AddLast(turn);
            try
            {
                await turn.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Its wake-up, if it came in the same moment, belongs to the next one.
                if (turn.Task.IsCompleted) WakeOne();
                else _waiting.Remove(place);
                throw;
            }
        }

        public void WakeOne()
        {
            if (_waiting.First is not { } first) return;
            _waiting.RemoveFirst();
            first.Value.SetResult();
        }
    }
}
