using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Platform.Api.ForwardedHeaders;

namespace Platform.Api.Requests;

/// <summary>The client's address: the connection's, or the one that trusted proxies name (see <see cref="TrustedProxyMiddleware"/>).</summary>
internal static class ClientAddress
{
    public static string? Text(HttpContext context) => context.Connection.RemoteIpAddress is { } address ? Unmap(address).ToString() : null;

    /// <summary>IPv4 addresses that arrive in IPv6 form are IPv4 addresses.</summary>
    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>The unit that shares a budget: one IPv4 address, or one IPv6 /64, the usual block of one customer.</summary>
    public static ulong Network(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var written)) return 0;
        const ulong MappedTag = 0xFFFF_0000_0000;
        if (address.AddressFamily == AddressFamily.InterNetwork) return MappedTag | BinaryPrimitives.ReadUInt32BigEndian(bytes[..written]);
        return address.IsIPv4MappedToIPv6 ? MappedTag | BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>What one party often has whole, and can send from as it likes: an IPv4 /24, an IPv6 /48.</summary>
    public static ulong WideNetwork(IPAddress? address) =>
        address is null or { AddressFamily: AddressFamily.InterNetwork } or { IsIPv4MappedToIPv6: true } ? Network(address) >> 8 : Network(address) >> 16;
}
