using System.Text.Json;

namespace Platform.Benchmarks.Hosting;

/// <summary>The process that an <see cref="AskedProcess"/> has started. Its questions end with whoever asks, so it does, too.</summary>
internal sealed class AnsweringProcess
{
    /// <summary>Before every line that is an answer; all others are logs.</summary>
    public const string Mark = "answer: ";

    private readonly TextReader _questions = Console.In;
    private readonly TextWriter _answers = Console.Out;

    /// <summary>What is logged from here on is no answer.</summary>
    public AnsweringProcess() => Console.SetOut(Console.Error);

    /// <returns>Null: nobody asks any more.</returns>
    public ValueTask<string?> NextAsync(CancellationToken cancellationToken = default) => _questions.ReadLineAsync(cancellationToken);

    public async Task AnswerAsync<T>(T what)
    {
        await _answers.WriteLineAsync(Mark + JsonSerializer.Serialize(what));
        await _answers.FlushAsync();
    }
}
