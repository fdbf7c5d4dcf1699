using Platform.Api.Problems;

namespace Platform.Api.Admission;

/// <summary>Which calls run now. What is refused is refused early, with when to come back, instead of timing out (row DDOS).</summary>
internal sealed class AdmissionControl
{
    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(2);

    private readonly AdmissionLane _signOuts;
    private readonly AdmissionLane _signIns;
    private readonly AdmissionLane _others;
    private readonly AdmissionEpisodes _episodes;

    public AdmissionControl(IOptions<AdmissionOptions> options, AdmissionEpisodes episodes, TimeProvider time)
    {
        var set = options.Value;
        _episodes = episodes;
        _signOuts = LaneOf(set.SignOuts);
        _signIns = LaneOf(set.SignIns);
        _others = LaneOf(set.OtherCalls);
        Checks = new WaitingChecks(set.WaitingChecksOfASession);
        episodes.Observe([(CallClass.SignOut, _signOuts), (CallClass.SignIn, _signIns), (CallClass.Other, _others)]);

        AdmissionLane LaneOf(int concurrency) => new(concurrency, set.QueueLimit, set.LongestWait, set.LongestBurst, time);
    }

    public WaitingChecks Checks { get; }

    public AdmissionLane Of(CallClass @class) => @class switch
    {
        CallClass.SignOut => _signOuts,
        CallClass.SignIn => _signIns,
        CallClass.Other => _others,
        _ => throw new ArgumentOutOfRangeException(nameof(@class), @class, "Calls of this class do not wait."),
    };

    public Problem Refuse(CallClass @class, AdmissionRefusal reason)
    {
        _episodes.Refused(@class, reason);
        return new Problem(ProblemKind.Busy) { RetryAfter = ComeBack };
    }
}
