using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Platform.Security;

/// <summary>What became of sealed bytes.</summary>
/// <param name="Plain">Null where they cannot be read.</param>
/// <param name="Erased">Nobody can read them any more, which is as it should be. Otherwise, without <paramref name="Plain"/>, they are damaged.</param>
internal readonly record struct OpenedData(byte[]? Plain, bool Erased);

/// <summary>
/// Seals what is about one person with that person's data key and opens it again: nowhere but under the same person and context, and never after the key was
/// destroyed (row PRIVACY, threat T52).
/// </summary>
internal sealed partial class PersonalData(DataKeys keys, MasterKey master, ILogger<PersonalData> logger)
{
    /// <summary>First byte of what the master key sealed for somebody who may not exist.</summary>
    internal const byte UnderMasterKey = 0;

    private const byte UnderPersonsKey = 1;

    /// <summary>The key is on disk before what it seals. While it is known no storage is asked.</summary>
    /// <param name="subject">Id of the person.</param>
    /// <param name="plain">What to seal.</param>
    /// <param name="context">Where it will lie. The first part names the use, so that no two uses meet.</param>
    /// <exception cref="StorageUnavailableException">The person was erased, for whom nothing is kept any more; or keys cannot be had.</exception>
    public async ValueTask<byte[]> SealAsync(string subject, ReadOnlyMemory<byte> plain, string context, CancellationToken cancellationToken)
    {
        var known = await TryAsync(() => keys.EnsureAsync([subject], [], cancellationToken));
        if (!known.TryGetValue(subject, out var key) || key is null) throw new StorageUnavailableException("Whom this is about was erased; nothing was written.");
        using var aes = new AesGcm(key, SealedBytes.TagSize);
        return SealedBytes.Seal(aes, plain.Span, Encoding.UTF8.GetBytes(context));
    }

    /// <summary>
    /// For somebody who may not exist, with the same work (row LOGIN): where there is no key none is made, and the master key seals. Null: the person was erased,
    /// and nothing is to be kept.
    /// </summary>
    /// <inheritdoc cref="SealAsync"/>
    public async ValueTask<byte[]?> SealForUnknownSubjectAsync(string subject, ReadOnlyMemory<byte> plain, string context, CancellationToken cancellationToken)
    {
        var known = await KeysAsync([subject], cancellationToken);
        if (!known.TryGetValue(subject, out var key)) return [UnderMasterKey, .. master.Wrap(plain.Span, context)];
        if (key is null) return null;
        using var aes = new AesGcm(key, SealedBytes.TagSize);
        return [UnderPersonsKey, .. SealedBytes.Seal(aes, plain.Span, Encoding.UTF8.GetBytes(context))];
    }

    /// <summary>Opens what <see cref="SealForUnknownSubjectAsync"/> made.</summary>
    public async ValueTask<OpenedData> OpenForUnknownSubjectAsync(string subject, ReadOnlyMemory<byte> stored, string context, CancellationToken cancellationToken)
    {
        var known = stored.Span is [UnderPersonsKey, ..] ? await OpeningKeysAsync([subject], cancellationToken) : await KeysAsync([subject], cancellationToken);
        return OpenAlike(known, subject, stored.Span, context);
    }

    /// <summary>Keys to open with what was sealed under them, looked up together.</summary>
    /// <param name="subjects">Of persons who existed when it was sealed.</param>
    public ValueTask<IReadOnlyDictionary<string, byte[]?>> OpeningKeysAsync(IReadOnlyCollection<string> subjects, CancellationToken cancellationToken) =>
        TryAsync(() => keys.FindAsync(subjects, cancellationToken));

    /// <summary>Keys of whoever was asked for, looked up together.</summary>
    /// <param name="subjects">Of persons who may exist or not: those that do not cost the same.</param>
    public ValueTask<IReadOnlyDictionary<string, byte[]?>> KeysAsync(IReadOnlyCollection<string> subjects, CancellationToken cancellationToken) =>
        TryAsync(() => keys.EnsureAsync([], subjects, cancellationToken));

    /// <param name="known">From <see cref="OpeningKeysAsync"/>. A key that is not there without having been destroyed is damage.</param>
    /// <param name="subject">As it was sealed.</param>
    /// <param name="stored">What <see cref="SealAsync"/> made.</param>
    /// <param name="context">As it was sealed.</param>
    public static OpenedData Open(IReadOnlyDictionary<string, byte[]?> known, string subject, ReadOnlySpan<byte> stored, string context)
    {
        if (!known.TryGetValue(subject, out var key) || stored.Length < SealedBytes.Overhead) return default;
        if (key is null) return new OpenedData(null, Erased: true);
        try
        {
            using var aes = new AesGcm(key, SealedBytes.TagSize);
            return new OpenedData(SealedBytes.Open(aes, stored, Encoding.UTF8.GetBytes(context)), Erased: false);
        }
        catch (AuthenticationTagMismatchException)
        {
            return default;
        }
    }

    private OpenedData OpenAlike(IReadOnlyDictionary<string, byte[]?> known, string subject, ReadOnlySpan<byte> stored, string context)
    {
        if (stored is [UnderPersonsKey, .. var bytes]) return Open(known, subject, bytes, context);
        if (stored is not [UnderMasterKey, .. var wrapped]) return default;
        if (known.TryGetValue(subject, out var key) && key is null) return new OpenedData(null, Erased: true);
        try
        {
            return new OpenedData(master.Unwrap(wrapped, context), Erased: false);
        }
        catch (CryptographicException)
        {
            return default;
        }
    }

    private async ValueTask<IReadOnlyDictionary<string, byte[]?>> TryAsync(Func<ValueTask<IReadOnlyDictionary<string, byte[]?>>> look)
    {
        try
        {
            return await look();
        }
        catch (CryptographicException failure)
        {
            Unreadable(logger, failure);
            throw KeyUnreadable();
        }
    }

    // Without the cause, which does not cross a grain call; it is in the log.
    private static StorageUnavailableException KeyUnreadable() => new("A data key cannot be read.");

    [LoggerMessage(EventName = "DataKeyUnreadable", Level = LogLevel.Critical,
        Message = "A data key cannot be read: another master key wrapped it, or its row was altered. Restore the master key, or the row, from a backup.")]
    private static partial void Unreadable(ILogger logger, Exception failure);
}
