using System.Collections.Immutable;
using Platform.Clocks;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Users;

/// <summary>What is new about a sign-in: a device or a network from which the user has not signed in lately. Pure.</summary>
internal static class SignInHistory
{
    public const int MaxDevices = 10;
    public const int MaxNetworks = 20;

    /// <summary>Whoever moves about gets no more mails than that; whoever has stolen the password has caused as many before one is left out.</summary>
    public const int NoticesPerDay = 5;

    /// <summary>What was not seen for so long is new again.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const string Unknown = "unknown";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The history with one more sign-in, and whether the user is told of it. Nobody is told of the first one.</summary>
    public static (StoredSignInHistory Next, bool Tell) With(StoredSignInHistory? before, ClientInfo client, DateTimeOffset now)
    {
        var history = before ?? StoredSignInHistory.None;
        var notices = history.NoticesAt.RemoveAll(at => now - at >= Day || StoredTime.IsAhead(at, now));
        var (devices, newDevice) = With(history.Devices, DeviceOf(client), MaxDevices, now);
        var (networks, newNetwork) = With(history.Networks, Networks.WideOf(client.Ip), MaxNetworks, now);
        var tell = before is not null && (newDevice || newNetwork) && notices.Length < NoticesPerDay;
        return (new StoredSignInHistory { Devices = devices, Networks = networks, NoticesAt = tell ? notices.Add(now) : notices }, tell);
    }

    /// <summary>Without versions: an update is no other device.</summary>
    public static string DeviceOf(ClientInfo client) => DeviceNames.Of(client.UserAgent) ?? Unknown;

    private static (ImmutableArray<SeenAtSignIn> Seen, bool IsNew) With(ImmutableArray<SeenAtSignIn> seen, string name, int max, DateTimeOffset now)
    {
        var kept = seen.RemoveAll(one => now - one.LastAt >= Kept || StoredTime.IsAhead(one.LastAt, now));
        var others = kept.RemoveAll(one => one.Name == name);
        var isNew = others.Length == kept.Length;
        if (others.Length >= max) others = others.RemoveRange(0, others.Length - max + 1);
        return (others.Add(new SeenAtSignIn(name, now)), isNew);
    }
}
