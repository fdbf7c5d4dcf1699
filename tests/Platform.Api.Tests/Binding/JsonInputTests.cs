using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Platform.Api.Binding;
using Platform.Api.Json;

namespace Platform.Api.Tests.Binding;

public sealed class JsonInputTests
{
    private static readonly byte[] Good = """{"name":"some text","inner":{"count":"x"},"list":["a","b"]}"""u8.ToArray();

    private readonly CountingConverter _counting = new();

    private JsonInput Input => new(Options.Create(Json));

    private JsonOptions Json
    {
        get
        {
            var json = new JsonOptions();
            json.SerializerOptions.Converters.Add(_counting);
            return json;
        }
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(1)]
    public void Parse_GoodBody_ReadsEachValueOnce(int partSize)
    {
        var (value, problem) = Input.Parse<Sample>(InParts(Good, partSize));

        problem.ShouldBeNull();
        value!.Name.ShouldBe("some text");
        value.List.ShouldBe(["a", "b"]);
        _counting.Reads.ShouldBe(1);
    }

    [Fact]
    public void Parse_GoodBody_AllocatesWhatOneReadingDoes()
    {
        var input = Input;
        var options = StrictJson.Of(Json.SerializerOptions);
        var body = new ReadOnlySequence<byte>(Good);
        long Spent(Action read)
        {
            for (var i = 0; i < 100; i++) read();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) read();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var once = Spent(() => JsonSerializer.Deserialize<Sample>(Good, options));

        Spent(() => input.Parse<Sample>(body)).ShouldBe(once);
    }

    [Theory]
    [InlineData("""{"name":"x","inner":{"count":"x"},"list":null}""", null)]
    [InlineData("""{"name":"x","inner":{"count":"x"},"list":["a",null]}""", "/list/1")]
    [InlineData("""{"name":"x","inner":{"count":"x"},"list":["a",1]}""", "/list/1")]
    [InlineData("""{"name":"x","inner":{"count":"x"},"list":"a"}""", "/list")]
    [InlineData("""{"name":null,"inner":{"count":"x"}}""", "/name")]
    [InlineData("""{"name":"x","inner":null}""", "/inner")]
    [InlineData("""{"name":"x","inner":{"count":"x"},"any":null}""", null)]
    [InlineData("""{"name":"x","inner":{"count":"x","more":1}}""", "/inner/more")]
    [InlineData("""{"name":"x","inner":{"count":"x"},"name":"y"}""", "")]
    [InlineData("""{"name":"x","inner":{"count":"x","count":"x"}}""", "")]
    [InlineData("""{"name":"x","inner":{"count":"x"},"any":{"a":1,"a":1}}""", "")]
    [InlineData("""{"name":"x","inner":{"count":"x"},"any":{"a":1,"\u0061":1}}""", "")]
    [InlineData("""{"name":"x","inner":{"count":"x"}} {}""", "")]
    [InlineData("", "")]
    public void Parse_OddBody_IsTakenOrRefusedAsBefore(string body, string? pointer)
    {
        var (value, problem) = Input.Parse<Sample>(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)));

        (value is null).ShouldBe(pointer is not null);
        problem?.Errors.Select(error => error.Pointer).ShouldBe([pointer]);
    }

    private static ReadOnlySequence<byte> InParts(byte[] bytes, int size)
    {
        if (bytes.Length <= size) return new(bytes);
        var first = new Part(bytes.AsMemory(0, size), null);
        var last = first;
        for (var at = size; at < bytes.Length; at += size) last = new Part(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), last);
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory, Part? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }

    private sealed record Sample
    {
        public required string Name { get; init; }

        public required Inner Inner { get; init; }

        public string[]? List { get; init; }

        public JsonElement? Any { get; init; }
    }

    private sealed record Inner
    {
        public required Counted Count { get; init; }
    }

    private readonly record struct Counted;

    private sealed class CountingConverter : JsonConverter<Counted>
    {
        public int Reads { get; private set; }

        public override Counted Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Reads++;
            return default;
        }

        public override void Write(Utf8JsonWriter writer, Counted value, JsonSerializerOptions options) => writer.WriteNullValue();
    }
}
