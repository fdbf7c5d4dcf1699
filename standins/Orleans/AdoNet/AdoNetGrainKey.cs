using System.Text;
using Orleans.Runtime;

namespace Orleans.AdoNet;

/// <summary>A grain key as the columns of OrleansStorage hold it. A key that reads as a GUID or as hexadecimal becomes that number.</summary>
internal readonly record struct AdoNetGrainKey(long N0, long N1, string? Text, byte[] HashBytes)
{
    public static AdoNetGrainKey Of(GrainId id)
    {
        if (id.TryGetGuidKey(out var guid, out var extension))
        {
            var bytes = guid.ToByteArray();
            return new AdoNetGrainKey(BitConverter.ToInt64(bytes, 0), BitConverter.ToInt64(bytes, 8), extension, Hashed(bytes, extension));
        }

        if (id.TryGetIntegerKey(out var number, out extension))
        {
            return new AdoNetGrainKey(0, number, extension, Hashed(BitConverter.GetBytes(number), extension));
        }

        var text = id.Key.ToString();
        return new AdoNetGrainKey(0, 0, text, Hashed([], text));
    }

    private static byte[] Hashed(byte[] number, string? text)
    {
        byte[] bytes = [.. number, .. text is null ? [] : Encoding.UTF8.GetBytes(text)];
        Array.Reverse(bytes);
        return bytes;
    }
}
