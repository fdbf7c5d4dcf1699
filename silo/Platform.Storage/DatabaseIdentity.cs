using System.Text;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.KeyRotation;
using Platform.Security;

namespace Platform.Storage;

/// <summary>
/// Whose database it is: table <c>secrets</c> names the master key and the environment for which it was made. A process of another key or environment neither uses nor
/// migrates it (row DMZ, threat T77).
/// </summary>
/// <param name="master">Null where nothing is sealed or opened: then the key is not compared.</param>
/// <param name="source">Where it is kept.</param>
/// <param name="others">Where a second one is found: after a rotation the key of the database may lie there.</param>
/// <param name="options">Of this process.</param>
internal sealed class DatabaseIdentity(MasterKey? master, IMasterKeySource source, OtherMasterKeys others, PlatformOptions options)
{
    public const string MasterKeyName = MasterKeyTable.CurrentName;
    public const string EnvironmentName = "environment";

    public const string Select = "SELECT name, fingerprint FROM secrets";

    private const string Backups = "See docs/operations/keys-and-backups.md.";

    public byte[] Environment { get; } = Encoding.UTF8.GetBytes(options.Environment);

    /// <param name="known">Rows of the table, by name. What has no row is not compared.</param>
    /// <exception cref="StartupException">It is another one's.</exception>
    public void Require(IReadOnlyDictionary<string, byte[]> known)
    {
        if (known.TryGetValue(EnvironmentName, out var environment) && !environment.AsSpan().SequenceEqual(Environment))
        {
            throw new StartupException(
                $"The database is of environment '{Encoding.UTF8.GetString(environment)}', this process of '{options.Environment}' (Platform:Environment). "
                + "Name that environment, or a database of your own.");
        }

        if (master is null || !known.TryGetValue(MasterKeyName, out var right) || Holds(right)) return;
        var needed = MasterKey.IdOf(right);
        if (master.IsNew) throw new StartupException($"The master key {source.Place} is missing, and the database holds what only that key opens: key {needed}. Put it back from your copy. {Backups}");
        var own = master.Fingerprint();
        throw new StartupException(
            $"The master key {source.Place} is not the one with which this database was made. It is key {MasterKey.IdOf(own)}, the database needs key {needed}. Put that one back from your copy; where the key is or was rotated, it may also lie at {others.PlaceOf(needed)}. {Backups}");
    }

    private bool Holds(byte[] fingerprint)
    {
        if (!master!.IsNew && master.Versions.Find(fingerprint) is not null) return true;
        if (others.Find(fingerprint) is not { } found) return false;
        if (master.IsNew) master.Replace(found);
        else master.Add(found);
        return true;
    }
}
