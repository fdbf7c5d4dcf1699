namespace Platform.Benchmarks.Load;

/// <summary>Who signs in.</summary>
internal sealed record Credentials(string Tenant, string Name, string Password)
{
    public const string PasswordVariable = "PLATFORM_LOAD_PASSWORD";

    /// <summary>Prints no password.</summary>
    public override string ToString() => $"{Tenant}/{Name}";

    /// <summary>Passwords come from the environment or a file: a command line can be read by everybody on the machine.</summary>
    public static IReadOnlyList<Credentials> Read(IReadOnlyList<string> users, string? file)
    {
        var found = new List<Credentials>();
        var password = Environment.GetEnvironmentVariable(PasswordVariable);
        foreach (var user in users)
        {
            if (user.Split('/') is not [{ Length: > 0 } tenant, { Length: > 0 } name]) throw new UsageException($"--user must be tenant/name, not '{user}'.");
            found.Add(new Credentials(tenant, name, password ?? throw new UsageException($"Set {PasswordVariable}.")));
        }

        if (file is null) return found;
        if (!File.Exists(file)) throw new UsageException($"There is no file {file}.");
        foreach (var text in File.ReadLines(file).Where(text => !string.IsNullOrWhiteSpace(text)))
        {
            if (text.Split(' ', 3) is not [var tenant, var name, var secret]) throw new UsageException($"{file}: every line must be 'tenant name password'.");
            found.Add(new Credentials(tenant, name, secret));
        }

        return found;
    }
}
