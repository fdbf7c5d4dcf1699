using System.Text.Json;
using Platform.ApiKeys;

namespace Platform.Grains.Tests.ApiKeys;

public sealed class ApiKeyRulesTests
{
    private static readonly DateTimeOffset Now = ManualTimeProvider.DefaultStart;

    private static readonly StoredApiKey Stored = new()
    {
        Id = ApiKeyId.From(Guid.Empty), Name = "Shop", Scopes = ApiKeyScopes.Read, SecretHash = [.. new byte[32]], Prefix = "platform_sk_0123abcd", CreatedAt = Now,
    };

    public static TheoryData<DateTimeOffset?, bool> Ends => new()
    {
        { null, true },
        { Now.AddTicks(1), true },
        { Now.AddYears(10), true },
        { Now, false },
        { Now.AddTicks(-1), false },
        { DateTimeOffset.MinValue, false },
        { Now.AddYears(10).AddTicks(1), false },
        { DateTimeOffset.MaxValue, false },
    };

    [Theory, MemberData(nameof(Ends))]
    public void Check_ExpiresAt_IsInTheFutureAndWithinTenYears(DateTimeOffset? expiresAt, bool allowed)
    {
        var asked = new NewApiKey { Id = default, Name = "Shop", Scopes = ApiKeyScopes.Read, SecretHash = [], Prefix = "", ExpiresAt = expiresAt };

        ApiKeyRules.Check(asked, Now).Select(error => (error.Pointer, error.Code)).ShouldBe(allowed ? [] : [("/expiresAt", "out_of_range")]);
    }

    [Fact]
    public void Check_AllWrong_NamesEachFault() =>
        ApiKeyRules.Check(new NewApiKey { Id = default, Name = "", Scopes = ApiKeyScopes.None, SecretHash = [], Prefix = "", ExpiresAt = Now }, Now)
            .Select(error => error.Pointer).ShouldBe(["/name", "/scopes", "/expiresAt"]);

    [Theory]
    [InlineData(0, true)]
    [InlineData(7 * TimeSpan.TicksPerDay, true)]
    [InlineData(-1, false)]
    [InlineData((7 * TimeSpan.TicksPerDay) + 1, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(long.MaxValue, false)]
    public void Check_Overlap_IsAWeekAtMost(long ticks, bool allowed) =>
        ApiKeyRules.Check(new ApiKeyRotation { SecretHash = [], Overlap = TimeSpan.FromTicks(ticks) }).Select(error => (error.Pointer, error.Code)).ShouldBe(allowed ? [] : [("/overlap", "out_of_range")]);

    [Fact]
    public void AsOf_KeyBeforeAndAtItsEnd()
    {
        var key = Stored with { ExpiresAt = Now };

        ApiKeyRules.AsOf(key, Now.AddTicks(-1), record: null).ShouldBe(key);
        ApiKeyRules.AsOf(key, Now, record: null).ShouldBe(key with { HasExpired = true });
        ApiKeyRules.AsOf(key with { HasExpired = true }, Now.AddHours(-1), record: null).HasExpired.ShouldBeTrue();
        ApiKeyRules.AsOf(Stored, DateTimeOffset.MaxValue, record: null).ShouldBe(Stored);
    }

    [Fact]
    public void Rotated_EachTime_KeepsTheSecretBeforeAndNoOther()
    {
        var first = ApiKeyRules.Rotated(Stored, Rotation(1, hours: 24), Now);
        var second = ApiKeyRules.Rotated(first, Rotation(2, hours: 1), Now.AddMinutes(1));
        var third = ApiKeyRules.Rotated(second, Rotation(3, hours: 0), Now.AddMinutes(2));

        (first.SecretHash[0], first.Previous!.SecretHash, first.Previous.ExpiresAt).ShouldBe(((byte)1, Stored.SecretHash, Now.AddHours(24)));
        (second.SecretHash[0], second.Previous!.SecretHash, second.Previous.ExpiresAt).ShouldBe(((byte)2, first.SecretHash, Now.AddMinutes(61)));
        third.Previous.ShouldBeNull();
        ApiKeyRules.AsOf(first, Now.AddHours(24).AddTicks(-1), record: null).ShouldBe(first);
        ApiKeyRules.AsOf(first, Now.AddHours(24), record: null).Previous.ShouldBeNull();
    }

    [Fact, Trait("Fault", "F14")]
    public void Rotated_ByTheSameOperation_ReplacesTheSecretThatNobodySaw()
    {
        var operation = Guid.CreateVersion7(Now);
        var first = ApiKeyRules.Rotated(Stored, Rotation(1, hours: 24, operation), Now);
        var again = ApiKeyRules.Rotated(first, Rotation(2, hours: 24, operation), Now.AddMinutes(1));

        (again.SecretHash[0], again.Previous).ShouldBe(((byte)2, first.Previous));
    }

    [Fact]
    public void Stored_BeforeKeysCouldEnd_IsReadAsOneThatDoesNot()
    {
        var state = new StoredApiKeys { Keys = [Stored] };
        var old = JsonSerializer.SerializeToNode(state, StateJson.Default.StoredApiKeys)!;
        foreach (var name in old["keys"]![0]!.AsObject().Select(member => member.Key).Except(["id", "name", "scopes", "secretHash", "prefix", "createdAt", "createdBy"]).ToArray()) old["keys"]![0]!.AsObject().Remove(name);

        var read = old.Deserialize(StateJson.Default.StoredApiKeys).ShouldNotBeNull().Keys.ShouldHaveSingleItem();

        (read.Id, read.Name, read.CreatedAt, read.ExpiresAt, read.HasExpired, read.Previous).ShouldBe((Stored.Id, Stored.Name, Stored.CreatedAt, null, false, null));
        read.SecretHash.ShouldBe(Stored.SecretHash);
    }

    private static ApiKeyRotation Rotation(byte hash, int hours, Guid? operation = null) => new() { SecretHash = [hash], Overlap = TimeSpan.FromHours(hours), Operation = operation };
}
