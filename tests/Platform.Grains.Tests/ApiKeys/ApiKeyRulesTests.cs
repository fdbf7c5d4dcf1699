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

    [Fact]
    public void AsOf_BeforeAtAndAfterItsEnd()
    {
        var key = Stored with { ExpiresAt = Now };

        ApiKeyRules.AsOf(key, Now.AddTicks(-1), seen: false).ShouldBeSameAs(key);
        ApiKeyRules.AsOf(key, Now, seen: false).HasExpired.ShouldBeTrue();
        ApiKeyRules.AsOf(key, Now.AddHours(-1), seen: true).HasExpired.ShouldBeTrue();
        ApiKeyRules.AsOf(Stored, DateTimeOffset.MaxValue, seen: false).ShouldBeSameAs(Stored);
    }

    [Fact]
    public void Stored_BeforeKeysCouldEnd_IsReadAsOneThatDoesNot()
    {
        var state = new StoredApiKeys { Keys = [Stored] };
        var old = JsonSerializer.SerializeToNode(state, StateJson.Default.StoredApiKeys)!;
        foreach (var name in old["keys"]![0]!.AsObject().Select(member => member.Key).Except(["id", "name", "scopes", "secretHash", "prefix", "createdAt", "createdBy"]).ToArray()) old["keys"]![0]!.AsObject().Remove(name);

        var read = old.Deserialize(StateJson.Default.StoredApiKeys).ShouldNotBeNull().Keys.ShouldHaveSingleItem();

        (read.Id, read.Name, read.CreatedAt, read.ExpiresAt, read.HasExpired).ShouldBe((Stored.Id, Stored.Name, Stored.CreatedAt, null, false));
        read.SecretHash.ShouldBe(Stored.SecretHash);
    }
}
