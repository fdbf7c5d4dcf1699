using System.Buffers;

namespace Platform.Api.Hosting;

/// <summary>The first message of a TLS client (RFC 8446 section 4.1.2), as far as its versions.</summary>
internal static class ClientHello
{
    private const byte Handshake = 22;
    private const byte Hello = 1;
    private const ushort SupportedVersions = 43;
    private const ushort Tls13 = 0x0304;

    /// <summary>False also for what is cut, spread over several records or no such message: the caller then takes the stricter way.</summary>
    /// <param name="record">With the five bytes of the record in front.</param>
    public static bool OffersTls13(ReadOnlySequence<byte> record)
    {
        var reader = new SequenceReader<byte>(record);
        return TrySkipToExtensions(ref reader) && TryFindVersions(ref reader, out var versions) && Contains(versions, Tls13);
    }

    private static bool TrySkipToExtensions(ref SequenceReader<byte> reader) =>
        reader.TryRead(out var type) && type == Handshake
        && TrySkip(ref reader, 2) && TrySkip(ref reader, 2) // Version and length of the record.
        && reader.TryRead(out var message) && message == Hello
        && TrySkip(ref reader, 3) && TrySkip(ref reader, 2 + 32) // Length, old version, random.
        && TryReadVector(ref reader, lengthBytes: 1, out _) // Session.
        && TryReadVector(ref reader, lengthBytes: 2, out _) // Cipher suites.
        && TryReadVector(ref reader, lengthBytes: 1, out _) // Compression.
        && TrySkip(ref reader, 2); // Length of the extensions.

    private static bool TryFindVersions(ref SequenceReader<byte> reader, out ReadOnlySequence<byte> versions)
    {
        versions = default;
        while (TryReadNumber(ref reader, out var kind) && TryReadVector(ref reader, lengthBytes: 2, out var content))
        {
            if (kind != SupportedVersions) continue;
            var inner = new SequenceReader<byte>(content);
            return TryReadVector(ref inner, lengthBytes: 1, out versions);
        }

        return false;
    }

    private static bool Contains(ReadOnlySequence<byte> versions, ushort wanted)
    {
        var reader = new SequenceReader<byte>(versions);
        while (TryReadNumber(ref reader, out var version))
        {
            if (version == wanted) return true;
        }

        return false;
    }

    private static bool TryReadVector(ref SequenceReader<byte> reader, int lengthBytes, out ReadOnlySequence<byte> content)
    {
        content = default;
        ushort length;
        if (lengthBytes == 2)
        {
            if (!TryReadNumber(ref reader, out length)) return false;
        }
        else
        {
            if (!reader.TryRead(out var small)) return false;
            length = small;
        }

        return reader.TryReadExact(length, out content);
    }

    private static bool TryReadNumber(ref SequenceReader<byte> reader, out ushort number)
    {
        number = 0;
        if (!reader.TryReadBigEndian(out short value)) return false;
        number = unchecked((ushort)value);
        return true;
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, int count) => reader.TryReadExact(count, out _);
}
