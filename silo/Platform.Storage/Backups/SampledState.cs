using System.Data.Common;
using System.Security.Cryptography;
using Platform.Security;
using Platform.State;

namespace Platform.Storage.Backups;

/// <summary>The state of a user or a report in a restored database, picked at random, with the data key that has to open it.</summary>
/// <param name="Name">Of the state.</param>
/// <param name="Key">Of the grain, and of its data key.</param>
/// <param name="Payload">As it lies there.</param>
/// <param name="Wrapped">The data key; null: there is none, empty: it was destroyed.</param>
internal sealed record SampledState(string Name, string Key, byte[] Payload, byte[]? Wrapped)
{
    /// <summary>For <c>IN</c> of a query. States that are sealed for others than themselves (sessions) are left out: their data keys are these users'.</summary>
    public const string Names = $"'{StateNames.User}', '{StateNames.VulnerabilityReport}'";

    /// <summary>Of as many, damage that few of the states have is found in one of the next backups.</summary>
    public const int Count = 100;

    /// <summary>From the four columns in this order.</summary>
    public static SampledState Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3));

    /// <summary>Whether a silo could read it. One whose data key was destroyed is not to be read, by anybody.</summary>
    public bool IsAsItShouldBe(MasterKey master)
    {
        if (Wrapped is not { } wrapped) return false;
        if (wrapped.Length == 0) return true;
        try
        {
            var stored = SealedState.FromBytes(Payload);
            var keys = new Dictionary<string, byte[]?>(StringComparer.Ordinal) { [Key] = master.Unwrap(wrapped, DataKeys.PurposeOf(Key)) };
            return PersonalData.Open(keys, stored.Subject, stored.Sealed.Span, SealingGrainStorage.ContextOf(Name, Key)).Plain is not null;
        }
        catch (Exception damaged) when (damaged is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
