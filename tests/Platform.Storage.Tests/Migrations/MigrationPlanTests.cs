using System.Text.RegularExpressions;
using Platform.Hosting;
using Platform.Storage.Migrations;

namespace Platform.Storage.Tests.Migrations;

public sealed partial class MigrationPlanTests
{
    private static readonly Migration One = Migration.Parse("0001_one.sql", "SELECT 1;\n");
    private static readonly Migration Two = Migration.Parse("0002_two.sql", "SELECT 2;\n");

    [Fact]
    public void Embedded_BothDialects_HaveTheSameLine() =>
        Migration.Embedded("Sqlite").Select(migration => migration.Name).ShouldBe(Migration.Embedded("PostgreSql").Select(migration => migration.Name));

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public void Embedded_NoScript_EndsTheTransactionItRunsIn(string dialect) =>
        Migration.Embedded(dialect).Where(migration => TransactionControl().IsMatch(migration.Sql)).ShouldBeEmpty();

    [Theory]
    [InlineData("1_one.sql")]
    [InlineData("00001_one.sql")]
    [InlineData("0001-one.sql")]
    [InlineData("0001_One.sql")]
    [InlineData("0001_one.txt")]
    public void Parse_NameOfAnotherForm_IsRefused(string name) => Should.Throw<InvalidOperationException>(() => Migration.Parse(name, "")).Message.ShouldContain(name);

    [Fact]
    public void Parse_LineEndsOfWindows_ChangeNoChecksum() => Migration.Parse("0001_one.sql", "SELECT 1;\r\n").Sha256.ShouldBe(One.Sha256);

    [Fact]
    public void Sha256_IsThatOfTheFile() =>
        // printf 'SELECT 1;\n' | sha256sum
        One.Sha256.ShouldBe("b4e0497804e46e0a0b0b8c31975b062152d551bac49c3c2e80932567b4085dcd");

    [Fact]
    public void Pending_RowMissingInTheMiddle_IsRefused() =>
        Should.Throw<StartupException>(() => MigrationPlan.Pending([One, Two], [Row(Two)])).Message.ShouldContain("no row of version 1");

    [Fact]
    public void Pending_SameTextUnderAnotherName_IsRefused() =>
        Should.Throw<StartupException>(() => MigrationPlan.Pending([One, Two], [Row(One), Row(Two) with { Name = "0002_other.sql" }])).Message.ShouldContain("0002_other.sql");

    [Fact]
    public void Pending_AllHaveRun_IsEmpty() => MigrationPlan.Pending([One, Two], [Row(One), Row(Two)]).ShouldBeEmpty();

    private static AppliedMigration Row(Migration migration) => new(migration.Version, migration.Name, migration.Sha256);

    [GeneratedRegex(@"^\s*(BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK)\s*(TRANSACTION\s*)?;", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TransactionControl();
}
