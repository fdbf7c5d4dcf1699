using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime
{
    /// <summary>The grain that produced a stream ended before the stream did.</summary>
    [GenerateSerializer]
    public sealed class EnumerationAbortedException : Exception
    {
        public EnumerationAbortedException()
        {
        }

        public EnumerationAbortedException(string message)
            : base(message)
        {
        }

        public EnumerationAbortedException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }
}

namespace Orleans.Calls
{
    /// <summary>An <see cref="IAsyncEnumerable{T}"/> whose every step is a call that may run beside others.</summary>
    internal sealed class RemoteStream<T>(GrainReference grain, StreamRequest<T> request) : IAsyncEnumerable<T>
    {
        public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(grain, request, cancellationToken);

        private sealed class Enumerator(GrainReference grain, StreamRequest<T> request, CancellationToken token) : IAsyncEnumerator<T>
        {
            private readonly StreamSource<T> _source = new(request);

            public T Current { get; private set; } = default!;

            public async ValueTask<bool> MoveNextAsync()
            {
                token.ThrowIfCancellationRequested();
                var item = await grain.Router.Send<StreamItem<T>>(grain, new StreamStep<T>(_source, request.Descriptor, ends: false) { Token = token });
                Current = item.Value;
                return item.Exists;
            }

            public async ValueTask DisposeAsync()
            {
                if (_source.IsOpen)
                {
                    await grain.Router.Send<StreamItem<T>>(grain, new StreamStep<T>(_source, request.Descriptor, ends: true));
                }
            }
        }
    }

    [GenerateSerializer, Immutable]
    internal readonly record struct StreamItem<T>([property: Id(0)] bool Exists, [property: Id(1)] T Value);

    /// <summary>The running enumeration; used only within turns of the grain that produces it.</summary>
    internal sealed class StreamSource<T>(StreamRequest<T> request)
    {
        private IAsyncEnumerator<T>? _items;
        private object? _owner;

        public bool IsOpen => _items is not null;

        public async ValueTask<StreamItem<T>> NextAsync(object? target, CancellationToken token)
        {
            _items ??= request.Open(_owner = target).GetAsyncEnumerator(token);
            if (!ReferenceEquals(_owner, target))
            {
                throw new EnumerationAbortedException($"The activation that produced the stream of {request} has ended.");
            }

            return await _items.MoveNextAsync() ? new(Exists: true, Copier<T>.Copy(_items.Current)) : default;
        }

        public async ValueTask<StreamItem<T>> EndAsync()
        {
            if (Interlocked.Exchange(ref _items, null) is { } items)
            {
                await items.DisposeAsync();
            }

            return default;
        }
    }

    internal sealed class StreamStep<T>(StreamSource<T> source, MethodDescriptor stream, bool ends) : RequestBase
    {
        private static readonly MethodDescriptor Step = new(
            typeof(IStreamSteps).GetMethod(nameof(IStreamSteps.MoveNext))!, GrainInterfaceType.Create("Orleans.Runtime.IAsyncEnumerableGrainExtension"));

        public CancellationToken Token { get; set; }

        public override MethodDescriptor Descriptor => Step;

        public override bool IsCancellable => true;

        public override CancellationToken GetCancellationToken() => Token;

        public override void SetCancellationToken(CancellationToken token) => Token = token;

        public override string GetActivityName() => stream.ActivityName;

        public override MethodInfo GetMethod() => stream.Method;

        public override async ValueTask<Response> Invoke() => Response.FromResult(ends ? await source.EndAsync() : await source.NextAsync(Target, Token));
    }

    /// <summary>Stands for the steps of a stream where a call needs a method.</summary>
    internal interface IStreamSteps
    {
        [Concurrency.AlwaysInterleave]
        ValueTask MoveNext();
    }
}
