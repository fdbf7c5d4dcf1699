using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>A machine that gives few descriptors, and one address that wants them all: the others are served, and the process lives.</summary>
public sealed class DescriptorTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const int Wanted = 620;
    private const int PerAddress = 365;

    /// <summary>Others are 127.0.0.1.</summary>
    private static readonly IPAddress Greedy = IPAddress.Parse("127.0.0.2");

    [Fact]
    [Trait("Threat", "T67")]
    public async Task Connections_OfOneAddressBeyondTheDescriptors_AreClosedAndOthersAreServed()
    {
        var platform = await StartAsync(Limited(900, ("Platform__Limits__MaxConnectionsPerAddress", $"{PerAddress}")));
        var session = await platform.SignInAsync();

        var opening = OpenAsync(platform);
        var served = 0;
        for (; !opening.IsCompleted || served < 10; served++) await ServesAsync(platform, session);
        var held = await opening;

        Output.WriteLine($"{held.Count} of {Wanted} connections were let in; {served} rounds of others meanwhile");
        held.Count.ShouldBe(PerAddress);
        await platform.WaitForLogAsync("OpenFilesNearLimit .* of 900 file descriptors are in use");
        await platform.WaitForLogAsync($"ConnectionsRefused .* their address already has {PerAddress}");
        await ServesAsync(platform, session);

        foreach (var stream in held) await stream.DisposeAsync();
        await platform.WaitForLogAsync("OpenFilesBelowLimit");
        var again = await OpenAsync(platform);
        again.ShouldNotBeEmpty();
        foreach (var stream in again) await stream.DisposeAsync();
        foreach (var fault in (string[])["UnhandledFailure", "Too many open files", "Could not load"]) platform.Log.ShouldNotContain(fault);
        (await platform.StopAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(500, null, "The limit of open files is 500;")]
    [InlineData(900, "10000", "Platform:Limits:MaxConnections is 10000, but the limit of open files, 900, leaves")]
    [Trait("Fault", "F19")]
    public async Task Start_MoreThanTheMachineAllows_IsRefusedAndSaysWhatToDo(int limit, string? connections, string expected)
    {
        var ended = await PlatformProcess.RunToEndAsync(connections is null ? Limited(limit) : Limited(limit, ("Platform__Limits__MaxConnections", connections)));

        ended.ExitCode.ShouldBe(1, ended.ToString());
        ended.Errors.ShouldContain(expected);
        ended.Errors.ShouldContain("ulimit -n");
        Directory.Exists(Folder.Path).ShouldBeFalse("nothing is written before the settings are known to be right");
    }

    private PlatformStart Limited(int descriptors, params (string Key, string Value)[] settings) =>
        new(Folder) { Settings = settings, Launcher = ["bash", "-c", $"ulimit -n {descriptors}; exec \"$@\"", "bash"] };

    /// <summary>From memory, with storage and a password, and on a connection of its own.</summary>
    private static async Task ServesAsync(PlatformProcess platform, SignedIn session)
    {
        (await platform.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        await platform.SignInAsync();
        (await platform.SendRawAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).ShouldNotBeNull().ShouldStartWith("HTTP/1.1 200");
    }

    /// <returns>Those that were let in.</returns>
    private static async Task<List<SslStream>> OpenAsync(PlatformProcess platform)
    {
        var opened = new List<SslStream>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Wanted), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
        {
            try
            {
                var stream = await platform.ConnectSecurelyAsync(Greedy);
                lock (opened) opened.Add(stream);
            }
            catch (Exception closed) when (closed is IOException or SocketException)
            {
                // What is wanted.
            }
        });
        return opened;
    }
}
