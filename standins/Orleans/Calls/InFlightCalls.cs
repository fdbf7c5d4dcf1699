namespace Orleans.Calls;

/// <summary>The calls that wait for an answer, in striped linked lists: no allocation and hardly any contention per call.</summary>
internal sealed class InFlightCalls
{
    private const int StripeCount = 16;

    private readonly Stripe[] _stripes = Enumerable.Range(0, StripeCount).Select(_ => new Stripe()).ToArray();

    public void Add(CallMessage message)
    {
        var index = Environment.CurrentManagedThreadId & (StripeCount - 1);
        var stripe = _stripes[index];
        lock (stripe.Gate)
        {
            message.Stripe = index;
            message.Next = stripe.Head;
            if (stripe.Head is not null)
            {
                stripe.Head.Previous = message;
            }

            stripe.Head = message;
        }
    }

    public void Remove(CallMessage message)
    {
        if (message.Stripe is var index && index < 0)
        {
            return;
        }

        var stripe = _stripes[index];
        lock (stripe.Gate)
        {
            if (message.Stripe < 0)
            {
                return;
            }

            message.Stripe = -1;
            if (message.Previous is null)
            {
                stripe.Head = message.Next;
            }
            else
            {
                message.Previous.Next = message.Next;
            }

            if (message.Next is not null)
            {
                message.Next.Previous = message.Previous;
            }

            message.Previous = message.Next = null;
        }
    }

    /// <summary>All calls in flight that match, each stripe at one moment.</summary>
    public List<CallMessage> Where(Func<CallMessage, bool> matches)
    {
        var found = new List<CallMessage>();
        foreach (var stripe in _stripes)
        {
            lock (stripe.Gate)
            {
                for (var message = stripe.Head; message is not null; message = message.Next)
                {
                    if (matches(message))
                    {
                        found.Add(message);
                    }
                }
            }
        }

        return found;
    }

    private sealed class Stripe
    {
        public Lock Gate { get; } = new();

        public CallMessage? Head { get; set; }
    }
}
