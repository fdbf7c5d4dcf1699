using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Platform.Process.Tests.Http;

/// <summary>
/// The first message of a TLS client, written by hand: client libraries refuse old versions themselves, so with them a test would prove nothing about
/// the server.
/// </summary>
internal static class ClientHello
{
    public const ushort Tls10 = 0x0301;
    public const ushort Tls11 = 0x0302;
    public const ushort Tls12 = 0x0303;

    public const byte Alert = 21;
    public const byte Handshake = 22;

    /// <summary>AES-CBC, which TLS 1.2 has still: ECDHE with ECDSA and RSA, with SHA-2 and SHA-1, and RSA alone.</summary>
    public static readonly ushort[] WithCbc = [0xC023, 0xC024, 0xC027, 0xC028, 0xC009, 0xC00A, 0xC013, 0xC014, 0x003C, 0x003D, 0x002F, 0x0035];

    /// <summary>ECDHE with ECDSA and RSA, AES-GCM.</summary>
    private static readonly ushort[] Aead = [0xC02B, 0xC02C, 0xC02F, 0xC030];

    /// <summary>For exactly this version.</summary>
    /// <param name="version">Of the four.</param>
    /// <param name="suites">Null: all that a client of that time had.</param>
    public static byte[] Of(ushort version, ushort[]? suites = null)
    {
        suites ??= [.. Aead, .. WithCbc];
        byte[] extensions =
        [
            .. Extension(10, [0, 4, 0, 23, 0, 29]), // groups: P-256, X25519
            .. Extension(11, [1, 0]), // uncompressed points
            .. Extension(13, [0, 8, 4, 3, 8, 4, 4, 1, 2, 3]), // signatures: ECDSA and RSA with SHA-256, ECDSA with SHA-1
        ];
        byte[] hello =
        [
            .. Number(version),
            .. RandomNumberGenerator.GetBytes(32),
            0,
            .. Number((ushort)(suites.Length * 2)),
            .. suites.SelectMany(Number),
            1, 0,
            .. Number((ushort)extensions.Length),
            .. extensions,
        ];
        return [Handshake, .. Number(Tls10), .. Number((ushort)(hello.Length + 4)), 1, 0, .. Number((ushort)hello.Length), .. hello];
    }

    /// <summary>Kind of the record that the server answers with, and its content; nothing when it just closes the connection.</summary>
    public static async Task<(byte Kind, byte[] Content)?> AnswerAsync(Socket socket, ushort version, ushort[]? suites = null)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(Of(version, suites));
        var header = new byte[5];
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        try
        {
            await stream.ReadExactlyAsync(header, timeout.Token);
            var content = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))];
            await stream.ReadExactlyAsync(content, timeout.Token);
            return (header[0], content);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static byte[] Extension(ushort kind, byte[] content) => [.. Number(kind), .. Number((ushort)content.Length), .. content];

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];
}
