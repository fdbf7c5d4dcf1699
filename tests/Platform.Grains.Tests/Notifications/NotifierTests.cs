using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Platform.Notifications;
using Platform.Security;
using Platform.Storage;

namespace Platform.Grains.Tests.Notifications;

public sealed class NotifierTests : IDisposable
{
    private static readonly UserId Bob = PrefixedId.New<UserId>(TimeProvider.System);
    private static readonly UserId Eve = PrefixedId.New<UserId>(TimeProvider.System);

    private readonly MasterKey _master = new(RandomNumberGenerator.GetBytes(32));
    private readonly MemoryKeys _keys = new();
    private readonly RecordingDatabase _database = new();

    private OutboxRow[] Rows => [.. _database.Writes.SelectMany(write => write.Statements).Select(RowIn)];

    [Fact]
    public async Task Open_NotificationAndRowOfNothing_OnlyTheFirstIsOne()
    {
        var notifier = With(_keys.With(_master));
        await EnqueueAsync(notifier);
        await notifier.EnqueueNothingAsync(Eve, default);
        var opened = (await notifier.OpenAsync(Rows[0], default)).ShouldNotBeNull();
        (opened.To, opened.Recipient).ShouldBe(("bob@example.com", Bob));
        (await notifier.OpenAsync(Rows[1], default)).ShouldBeNull();
    }

    [Theory, Trait("Threat", "T3")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnqueueNothing_ForAUserOrNobody_AsksForOneKeyAndMakesNone(bool exists)
    {
        var keys = _keys.With(_master);
        if (exists) await keys.EnsureAsync([Eve.ToString()], [], default);
        var (reads, writes) = (_keys.Reads, _keys.Writes);
        await With(_keys.With(_master)).EnqueueNothingAsync(Eve, default);
        (_keys.Reads - reads, _keys.Writes - writes).ShouldBe((1, 0));
        Rows.ShouldHaveSingleItem();
    }

    /// <summary>It must stay in the outbox and be told, not leave it as an empty row would.</summary>
    [Fact]
    public async Task Open_SealedByAnotherKeyOrOfAnotherRow_Throws()
    {
        var keys = _keys.With(_master);
        await keys.EnsureAsync([Bob.ToString()], [], default);
        await EnqueueAsync(With(keys));
        await EnqueueAsync(With(keys));
        using var other = new MasterKey(RandomNumberGenerator.GetBytes(32));
        await Should.ThrowAsync<StorageUnavailableException>(() => With(_keys.With(other)).OpenAsync(Rows[0], default));
        await Should.ThrowAsync<CryptographicException>(() => With(keys).OpenAsync(Rows[0] with { Sealed = Rows[1].Sealed }, default));
        await Should.ThrowAsync<CryptographicException>(() => With(keys).OpenAsync(Rows[0] with { Subject = Eve.ToString() }, default));
        _keys.Lose();
        await Should.ThrowAsync<CryptographicException>(() => With(_keys.With(_master)).OpenAsync(Rows[0], default));
    }

    [Theory, Trait("Threat", "T52")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Erased_RecipientOrSubject_NothingIsSentOrKept(bool recipient)
    {
        var keys = _keys.With(_master);
        await keys.EnsureAsync([Bob.ToString(), Eve.ToString()], [], default);
        var notifier = With(keys);
        await EnqueueAsync(notifier, about: Eve);
        (await notifier.OpenAsync(Rows[0], default)).ShouldNotBeNull();

        await keys.DestroyAsync((recipient ? Bob : Eve).ToString(), default);

        (await notifier.OpenAsync(Rows[0], default)).ShouldBeNull();
        await EnqueueAsync(notifier, about: Eve);
        Rows.ShouldHaveSingleItem();
    }

    public void Dispose() => _master.Dispose();

    private Notifier With(DataKeys keys) => new(new NotificationOutbox(_database), _keys.PersonalWith(_master, keys), Options.Create(new NotificationOptions()), TimeProvider.System);

    private static OutboxRow RowIn(Statement added) => new(
        Guid.ParseExact(added.Value<string>("@id"), "N"),
        added.Value<string>("@subject"),
        added.Value<string?>("@about"),
        [.. added.Value<byte[]>("@sealed")],
        (int)added.Value<long>("@attempts"));

    private static Task EnqueueAsync(Notifier notifier, UserId? about = null) => notifier.EnqueueAsync(
        [
            notifier.Compose(NotificationChannel.Email, tenant: null, Bob, "bob@example.com", NotificationTemplates.PasswordChanged, ("tenant", "acme"), ("username", "bob")) with { About = about },
        ],
        default);
}
