namespace Platform.Silo.Hosting.Commands;

/// <summary>Who runs a command, for the access log.</summary>
internal static class MachineAccount
{
    /// <summary>The program does not know a person: it names the account of the machine.</summary>
    public static ClientInfo Of(string command) => new(Ip: null, $"{command}, run by account '{Environment.UserName}' of the machine");
}
