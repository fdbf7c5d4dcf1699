using System.Diagnostics.Metrics;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Telemetry;

/// <summary>All metrics of the platform. Tag values come from closed sets; no ids, names, tenants or addresses (they are unbounded and personal).</summary>
public sealed class PlatformMetrics
{
    public const string MeterName = "Platform";

    private static readonly KeyValuePair<string, object?>[] Outcomes =
        [.. Enum.GetValues<SessionState>().Select(state => new KeyValuePair<string, object?>("outcome", Snake(state.ToString())))];

    private readonly Counter<long> _validations;
    private readonly Counter<long> _signIns;
    private readonly Counter<long> _hashes;
    private readonly Histogram<double> _hashDuration;
    private readonly Histogram<double> _hashWait;
    private readonly Counter<long> _hashRefusals;
    private readonly Counter<long> _hashStalls;
    private readonly Histogram<double> _storageDuration;
    private readonly Counter<long> _activitySaved;
    private readonly Counter<long> _callsDenied;
    private readonly Counter<long> _refusalsTold;
    private readonly Counter<long> _proofChecks;
    private readonly Counter<long> _backups;
    private readonly Counter<long> _endings;
    private readonly Meter _meter;

    /// <param name="meters">Makes the meter.</param>
    /// <param name="live">Of this process.</param>
    /// <param name="replicas">Of sessions elsewhere; null: this process validates nothing.</param>
    public PlatformMetrics(IMeterFactory meters, LiveSessions live, SessionReplicas? replicas = null)
    {
        var meter = _meter = meters.Create(MeterName);
        _validations = meter.CreateCounter<long>("platform.session.validations", "{validation}", "Peeks and touches, by outcome.");
        _signIns = meter.CreateCounter<long>("platform.session.sign_ins", "{attempt}", "Steps of sign-ins, by outcome.");
        _hashes = meter.CreateCounter<long>("platform.password.hashes", "{hash}", "Password hashes computed, real and dummy.");
        _hashDuration = meter.CreateHistogram<double>("platform.password.hash.duration", "s", "Time of one password hash without its wait in the lane.");
        _hashWait = meter.CreateHistogram<double>("platform.password.hash.wait", "s", "Time that a password waits for its turn to be hashed, by whether account and network are known.");
        _hashStalls = meter.CreateCounter<long>("platform.password.hash.stalls", "{stall}", "Seconds in which the hashing threads got no processor although somebody waited.");
        _hashRefusals = meter.CreateCounter<long>("platform.password.hash.refusals", "{call}", "Calls that had no turn, by reason and by whether account and network are known.");
        _storageDuration = meter.CreateHistogram<double>("platform.storage.operation.duration", "s", "Time of a storage operation, by operation and outcome.");
        _activitySaved = meter.CreateCounter<long>("platform.session.activity_saved", "{session}", "Activity clocks written behind.");
        _callsDenied = meter.CreateCounter<long>("platform.grain.calls_denied", "{call}", "Grain calls without the credential of this cluster, by reason.");
        _refusalsTold = meter.CreateCounter<long>("platform.audit.refusals", "{call}", "Refused calls for the access log, by outcome; all were refused.");
        _proofChecks = meter.CreateCounter<long>("platform.snippet.proof_checks", "{check}", "Daily checks of the proofs of domains, by outcome.");
        _backups = meter.CreateCounter<long>("platform.backups", "{backup}", "Scheduled backups, by outcome; one that could not be verified failed.");
        _endings = meter.CreateCounter<long>("platform.journal.writes", "{write}", "Writes to the journal of endings, by outcome; what a failed one was to hold was refused.");
        meter.CreateObservableUpDownCounter("platform.session.live", () => live.Count, "{session}", "Live sessions held in memory by this process.");
        if (replicas is not null) meter.CreateObservableUpDownCounter("platform.session.replicas", () => replicas.Count, "{session}", "Replicas of live sessions of other processes.");
    }

    public void Validated(SessionState outcome) => _validations.Add(1, Outcomes[(int)outcome]);

    /// <param name="refusal">Why not, if not.</param>
    /// <param name="step">How far it came, if not refused.</param>
    public void SignedIn(Refusal refusal, SignInResult? step) => _signIns.Add(1, new KeyValuePair<string, object?>("outcome", step switch
    {
        null => Snake(refusal.ToString()),
        { Challenge: not null } => "second_factor_required",
        { PasswordChange: not null } => "password_change_required",
        { Session.Scope: SessionScope.Enrolment } => "second_factor_enrolment_required",
        _ => "signed_in",
    }));

    public void PasswordHashed(TimeSpan duration)
    {
        _hashes.Add(1);
        _hashDuration.Record(duration.TotalSeconds);
    }

    public void PasswordHashWaited(bool known, TimeSpan wait) => _hashWait.Record(wait.TotalSeconds, CallerTag(known));

    public void PasswordHashingStalled() => _hashStalls.Add(1);

    public void PasswordHashRefused(bool known, HashingRefusal reason) =>
        _hashRefusals.Add(1, CallerTag(known), new KeyValuePair<string, object?>("reason", Snake(reason.ToString())));

    /// <param name="operation">One of read, write, clear, query, batch.</param>
    /// <param name="duration">Including the wait for the writer.</param>
    /// <param name="outcome">One of ok, conflict, failed.</param>
    public void StorageOperation(string operation, TimeSpan duration, string outcome) => _storageDuration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("operation", operation),
        new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="age">Of the newest backup that was verified; null where there is none.</param>
    public void ObserveBackupAge(Func<TimeSpan?> age) => _meter.CreateObservableGauge(
        "platform.backup.age", () => age() is { } known ? [new Measurement<double>(known.TotalSeconds)] : Array.Empty<Measurement<double>>(), "s", "Age of the newest scheduled backup that was verified.");

    public void BackedUp(bool succeeded) => _backups.Add(1, new KeyValuePair<string, object?>("outcome", succeeded ? "ok" : "failed"));

    public void EndingsWritten(bool succeeded) => _endings.Add(1, new KeyValuePair<string, object?>("outcome", succeeded ? "ok" : "failed"));

    public void ActivitySaved(int sessions) => _activitySaved.Add(sessions);

    /// <param name="reason">One of missing, wrong.</param>
    public void GrainCallDenied(string reason) => _callsDenied.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <param name="count">How many.</param>
    /// <param name="outcome">One of recorded, failed, dropped.</param>
    public void DeniedRequestsRecorded(int count, string outcome) => _refusalsTold.Add(count, new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="outcome">One of found, missing, unanswered.</param>
    public void ProofChecked(string outcome) => _proofChecks.Add(1, new KeyValuePair<string, object?>("outcome", Snake(outcome)));

    private static KeyValuePair<string, object?> CallerTag(bool known) => new("caller", known ? "known" : "stranger");

    private static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}

/// <summary>Why a password was not hashed.</summary>
public enum HashingRefusal
{
    /// <summary>The line was full.</summary>
    Full = 0,

    /// <summary>Somebody with fewer waiting took its place.</summary>
    Displaced = 1,

    /// <summary>It waited too long.</summary>
    Late = 2,
}
