using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Platform.Audit;

/// <summary>
/// JSON in the one form that is hashed: RFC 8785 (members in order of their UTF-16 code units, no white space, shortest escapes, numbers as ECMAScript prints them, UTF-8).
/// Callers write members in that order; <see cref="Value"/> sorts by itself.
/// </summary>
public sealed class CanonicalJson
{
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create("\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private bool _separate;

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public static string Text(string value)
    {
        var json = new CanonicalJson();
        json.String(value);
        return Encoding.UTF8.GetString(json.Bytes);
    }

    public static string Text(JsonElement value)
    {
        var json = new CanonicalJson();
        json.Value(value);
        return Encoding.UTF8.GetString(json.Bytes);
    }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _separate = false;
    }

    public void Ascii(string text) => Encoding.ASCII.GetBytes(text, _bytes);

    public void BeginObject() => Open('{');

    public void EndObject() => Close('}');

    public void BeginArray() => Open('[');

    public void EndArray() => Close(']');

    public void Name(string name)
    {
        String(name);
        Put(':');
        _separate = false;
    }

    public void Member(string name, string? value)
    {
        Name(name);
        String(value);
    }

    public void Member(string name, long value)
    {
        Name(name);
        Raw(value.ToString(CultureInfo.InvariantCulture));
    }

    public void Member(string name, ReadOnlySpan<byte> hash)
    {
        Name(name);
        String(Convert.ToHexStringLower(hash));
    }

    /// <summary>Text that is canonical already.</summary>
    public void Raw(string? json)
    {
        Separate();
        Encoding.UTF8.GetBytes(json ?? "null", _bytes);
        _separate = true;
    }

    public void String(string? value)
    {
        if (value is null)
        {
            Raw(null);
            return;
        }

        Separate();
        Put('"');
        var rest = value.AsSpan();
        while (rest.IndexOfAny(Escaped) is var at and >= 0)
        {
            Encoding.UTF8.GetBytes(rest[..at], _bytes);
            Escape(rest[at]);
            rest = rest[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, _bytes);
        Put('"');
        _separate = true;
    }

    public void Value(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                BeginObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    Name(member.Name);
                    Value(member.Value);
                }

                EndObject();
                break;
            case JsonValueKind.Array:
                BeginArray();
                foreach (var item in value.EnumerateArray()) Value(item);
                EndArray();
                break;
            case JsonValueKind.String:
                String(value.GetString());
                break;
            case JsonValueKind.Number:
                Raw(CanonicalNumber.Text(value.GetRawText()));
                break;
            default:
                Raw(value.GetRawText());
                break;
        }
    }

    private void Open(char bracket)
    {
        Separate();
        Put(bracket);
        _separate = false;
    }

    private void Close(char bracket)
    {
        Put(bracket);
        _separate = true;
    }

    private void Separate()
    {
        if (_separate) Put(',');
    }

    private void Put(char ascii)
    {
        _bytes.GetSpan(1)[0] = (byte)ascii;
        _bytes.Advance(1);
    }

    private void Escape(char c)
    {
        var text = c switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\f' => "\\f",
            '\r' => "\\r",
            _ => $"\\u{(int)c:x4}",
        };
        Encoding.ASCII.GetBytes(text, _bytes);
    }
}
