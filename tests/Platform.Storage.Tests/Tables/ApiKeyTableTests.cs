using Microsoft.Extensions.DependencyInjection;
using Platform.ApiKeys;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteApiKeyDirectoryTests(SqliteFixture fixture) : ApiKeyTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresApiKeyDirectoryTests(PostgresFixture fixture) : ApiKeyTableTests(fixture);

public abstract class ApiKeyTableTests(StorageFixture fixture)
{
    private readonly TenantId _tenant = Samples.New<TenantId>();

    private ApiKeyTable Keys => fixture.Services.GetRequiredService<ApiKeyTable>();

    [Fact]
    public async Task Save_ThenList_IsTheSame()
    {
        var key = Key("Café \"ü世\"");
        await Keys.SaveAsync(key, default);

        (await AllAsync(10)).ShouldBe([key]);
    }

    [Fact]
    public async Task Save_Again_OverwritesButKeepsTheLastUse()
    {
        var key = Key("one");
        await Keys.SaveAsync(key, default);
        await Keys.SaveUsesAsync([new ApiKeyUse(key.Id, Samples.Now)], default);
        var changed = key with { Name = "two", Scopes = ApiKeyScopes.Audit, Prefix = "platform_sk_other" };
        await Keys.SaveAsync(changed, default);

        (await AllAsync(10)).ShouldBe([changed with { LastUsedAt = Samples.Now }]);
    }

    [Fact]
    public async Task SaveUses_NeverGoesBackAndForgetsTheGone()
    {
        var (used, gone) = (Key("used"), Key("gone"));
        await Keys.SaveAsync(used, default);
        foreach (var minute in (int[])[3, 5, 4])
        {
            await Keys.SaveUsesAsync([new ApiKeyUse(used.Id, Samples.Now.AddMinutes(minute).AddTicks(1)), new ApiKeyUse(gone.Id, Samples.Now)], default);
        }

        (await AllAsync(10)).ShouldHaveSingleItem().LastUsedAt.ShouldBe(Samples.Now.AddMinutes(5).AddTicks(1));
    }

    [Fact]
    public async Task List_IsNewestFirstAndOfItsTenantOnly()
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var key = Key($"{i}");
            ids.Add(key.Id.ToString());
            await Keys.SaveAsync(key, default);
        }

        (await AllAsync(3)).Select(key => key.Id.ToString()).ShouldBe(ids.OrderDescending(StringComparer.Ordinal));
        (await Keys.ListAsync(Samples.New<TenantId>(), new PageRequest(10, null), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Remove_IsGone()
    {
        var (gone, kept) = (Key("gone"), Key("kept"));
        foreach (var key in (ApiKeyView[])[gone, kept]) await Keys.SaveAsync(key, default);
        await Keys.RemoveAsync(gone.Id, default);
        await Keys.RemoveAsync(gone.Id, default);

        (await AllAsync(10)).ShouldBe([kept]);
    }

    private ApiKeyView Key(string name) => new()
    {
        Id = Samples.New<ApiKeyId>(),
        TenantId = _tenant,
        Name = name,
        Scopes = ApiKeyScopes.Introspect | ApiKeyScopes.Read,
        Prefix = "platform_sk_0123abcd",
        CreatedAt = Samples.Now.AddTicks(3),
        CreatedBy = Samples.New<UserId>(),
    };

    private Task<List<ApiKeyView>> AllAsync(int limit) => Samples.AllAsync(limit, page => Keys.ListAsync(_tenant, page, default));
}
