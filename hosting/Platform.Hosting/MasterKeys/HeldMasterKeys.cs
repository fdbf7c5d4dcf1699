using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Security;

namespace Platform.Hosting.MasterKeys;

/// <summary>What a process lacks to do as it is told.</summary>
/// <param name="Id">Of the key.</param>
/// <param name="IsCurrent">Without it the process can neither read nor write.</param>
internal sealed record MissingMasterKey(string Id, bool IsCurrent)
{
    /// <summary>It was not missing at the look before: to be said once, not at each look.</summary>
    public bool IsNews { get; init; }
}

/// <summary>Keeps the master keys of this process as the rotation asks: looks for the second one, wraps with the current one, and forgets the former one at the end.</summary>
internal sealed class HeldMasterKeys(MasterKey master, IndexKey index, OtherMasterKeys others)
{
    private string? _missing;

    /// <summary>Does as it is told, as far as the keys are there. For one caller at a time.</summary>
    /// <param name="orders">From the database, or from a silo.</param>
    /// <returns>What is missing; null: nothing.</returns>
    /// <exception cref="CryptographicException">The index key opens under none of the keys that are there.</exception>
    public MissingMasterKey? Follow(MasterKeyOrders orders)
    {
        var missing = CarryOut(orders);
        var isNews = missing?.Id != _missing;
        _missing = missing?.Id;
        return missing is null ? null : missing with { IsNews = isNews };
    }

    /// <summary>For messages: where a key of this name is looked for.</summary>
    public string PlaceOf(string id) => others.PlaceOf(id);

    /// <summary>What this process holds, as it says so.</summary>
    public MasterKeyHolder ToHolder(string process)
    {
        var versions = master.Versions;
        return new MasterKeyHolder { Process = process, Keys = [.. versions.All.Select(version => version.Id)], Current = versions.Current.Id };
    }

    /// <inheritdoc cref="OtherMasterKeys.TidyUp"/>
    public void TidyUp(ReadOnlySpan<byte> current, ReadOnlySpan<byte> former, DateTimeOffset on) => others.TidyUp(current, former, on);

    private MissingMasterKey? CarryOut(MasterKeyOrders orders)
    {
        if (orders.Step == MasterKeyRotationStep.None && master.Fingerprint().AsSpan().SequenceEqual(orders.Current.AsSpan()))
        {
            TakeIndexKey(orders);
            return null;
        }

        if (!Hold(orders.Current)) return new MissingMasterKey(MasterKey.IdOf(orders.Current.AsSpan()), IsCurrent: true);
        var isOtherThere = orders.Other.IsEmpty || Hold(orders.Other);
        master.Use(orders.Current.AsSpan(), formerMayCall: orders.Step < MasterKeyRotationStep.Former);
        TakeIndexKey(orders);
        if (orders.Step == MasterKeyRotationStep.Retired) master.ForgetOthers();
        return isOtherThere ? null : new MissingMasterKey(MasterKey.IdOf(orders.Other.AsSpan()), IsCurrent: false);
    }

    private bool Hold(ImmutableArray<byte> fingerprint)
    {
        if (master.Versions.Find(fingerprint.AsSpan()) is not null) return true;
        if (others.Find(fingerprint.AsSpan()) is not { } found) return false;
        if (master.IsNew) master.Replace(found);
        else master.Add(found);
        return true;
    }

    private void TakeIndexKey(MasterKeyOrders orders)
    {
        if (!orders.IndexKey.IsEmpty) index.Take(master, orders.IndexKey.AsSpan());
    }
}
