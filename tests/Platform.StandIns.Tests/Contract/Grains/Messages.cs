using Orleans;

namespace Platform.StandIns.Tests.Contract.Grains;

[GenerateSerializer, Alias("test.Basket")]
public sealed class Basket
{
    [Id(0)]
    public List<string> Items { get; set; } = [];

    [Id(1)]
    public Basket? Inner { get; set; }
}

[GenerateSerializer, Immutable, Alias("test.Badge")]
public sealed record Badge(string Name, int Number);

[GenerateSerializer, Alias("test.Money")]
public readonly record struct Money([property: Id(0)] decimal Amount, [property: Id(1)] string Currency);

[GenerateSerializer, Alias("test.Shape")]
public abstract class Shape
{
    [Id(0)]
    public string Name { get; set; } = "";
}

[GenerateSerializer, Alias("test.Circle")]
public sealed class Circle : Shape
{
    [Id(0)]
    public double Radius { get; set; }
}

[GenerateSerializer, Alias("test.RefusedException")]
public sealed class RefusedException : Exception
{
    public RefusedException()
    {
    }

    public RefusedException(string message)
        : base(message)
    {
    }

    public RefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    [Id(0)]
    public int Code { get; set; }
}
