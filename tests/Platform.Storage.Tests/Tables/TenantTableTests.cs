using Platform.Storage.Tests.Hosting;
using Platform.Tenants;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteTenantDirectoryTests(SqliteFixture fixture) : TenantTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresTenantDirectoryTests(PostgresFixture fixture) : TenantTableTests(fixture);

public abstract class TenantTableTests(StorageFixture fixture)
{
    // The table is shared by all tests: each has slugs that begin with a word of its own.
    private readonly string _word = "t" + Samples.New<TenantId>().ToString()[4..];

    [Fact]
    public async Task Save_ThenList_IsTheSame()
    {
        var tenant = Samples.Tenant(_word, "Café \"Ünïcode\"");
        await fixture.Tenants.SaveAsync(tenant, default);

        (await ListAsync(_word)).ShouldBe([tenant]);
    }

    [Fact]
    public async Task Save_Again_Overwrites()
    {
        var tenant = Samples.Tenant(_word);
        await fixture.Tenants.SaveAsync(tenant, default);
        var changed = tenant with { Name = "Other", Status = TenantStatus.Suspended, Features = new TenantFeatures { MultiDomain = true }, Edition = TenantEdition.Trial };
        await fixture.Tenants.SaveAsync(changed, default);

        (await ListAsync(_word)).ShouldBe([changed]);
    }

    [Fact]
    public async Task Save_SlugOfAnotherTenant_IsRefusedAndChangesNothing()
    {
        var tenant = Samples.Tenant(_word);
        await fixture.Tenants.SaveAsync(tenant, default);

        await Should.ThrowAsync<InvalidOperationException>(() => fixture.Tenants.SaveAsync(Samples.Tenant(_word), default));

        (await ListAsync(_word)).ShouldBe([tenant]);
    }

    [Fact]
    public async Task List_IsOrderedByBytesOfTheSlug()
    {
        string[] suffixes = ["", "-", "-a", "0", "9", "a", "aa", "b", "z-"];
        foreach (var suffix in suffixes.Reverse()) await fixture.Tenants.SaveAsync(Samples.Tenant(_word + suffix), default);

        (await ListAsync(_word, limit: 2)).Select(tenant => tenant.Slug[_word.Length..]).ShouldBe(suffixes);
    }

    [Fact]
    public async Task List_Search_MatchesBeginningOfSlugOrNameWithoutCase()
    {
        await fixture.Tenants.SaveAsync(Samples.Tenant(_word + "-one", $"X{_word} GmbH"), default);
        await fixture.Tenants.SaveAsync(Samples.Tenant("a" + _word, $"{_word.ToUpperInvariant()} Straße"), default);
        await fixture.Tenants.SaveAsync(Samples.Tenant("b" + _word, "Nothing"), default);

        (await ListAsync(_word)).Select(tenant => tenant.Slug).ShouldBe(["a" + _word, _word + "-one"]);
        (await ListAsync($"{_word} STRASSE")).ShouldBeEmpty();
        (await ListAsync($"{_word} straß")).ShouldHaveSingleItem();
        (await ListAsync("x" + _word)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("\\")]
    [InlineData("'; DROP TABLE tenants; --")]
    [InlineData("\0")]
    [InlineData("\ud800")]
    public async Task List_SearchIsText_NotAPattern(string search)
    {
        await fixture.Tenants.SaveAsync(Samples.Tenant(_word), default);

        (await ListAsync(search)).ShouldBeEmpty();
        (await ListAsync(_word)).ShouldHaveSingleItem();
    }

    private Task<List<TenantView>> ListAsync(string search, int limit = 200) =>
        Samples.AllAsync(limit, page => fixture.Tenants.ListAsync(search, page, default));
}
