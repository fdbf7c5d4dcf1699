using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class PasswordHashingOptionsTests
{
    private const long Mebibyte = 1024 * 1024;

    [Fact]
    public void Defaults_AreTheFloorOfOwasp()
    {
        var options = new PasswordHashingOptions();
        (options.MemoryKiB, options.Passes, options.QueueLimit).ShouldBe((19_456, 2, 64));
        new PasswordHashingOptionsValidator(PasswordHashingOptions.AvailableMemory).Validate(null, options).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Validate_BelowTheFloor_IsRefusedWithEachFault()
    {
        var options = new PasswordHashingOptions { MemoryKiB = 19_455, Passes = 1, Threads = 0, QueueLimit = 0 };
        Failures(options).ShouldBe(
        [
            "Platform:Passwords:MemoryKiB must be 19456 to 1048576.",
            "Platform:Passwords:Passes must be 2 to 100.",
            "Platform:Passwords:Threads must be 1 to 256.",
            "Platform:Passwords:QueueLimit must be 1 to 10000.",
        ]);
    }

    [Fact]
    public void Validate_AboveTheBounds_IsRefused() =>
        Failures(new PasswordHashingOptions { MemoryKiB = 1_048_577, Passes = 101, Threads = 257, QueueLimit = 10_001 }).Length.ShouldBe(4);

    [Theory, Trait("Threat", "T11")]
    [InlineData(4, 65_536, 1024, true)]
    [InlineData(4, 65_537, 1024, false)]
    [InlineData(5, 65_536, 1024, false)]
    [InlineData(256, 1_048_576, 1024, false)]
    [InlineData(1, 19_456, 76, true)]
    [InlineData(1, 19_456, 75, false)]
    public void Validate_LaneBeyondAQuarterOfTheMemory_IsRefused(int threads, int memory, long availableMebibytes, bool accepted)
    {
        var failures = Failures(new PasswordHashingOptions { Threads = threads, MemoryKiB = memory }, availableMebibytes * Mebibyte);
        if (accepted) failures.ShouldBeEmpty();
        else failures.ShouldHaveSingleItem().ShouldStartWith($"Platform:Passwords: {threads} Threads of {memory} MemoryKiB take {(long)threads * memory} KiB; a quarter of");
    }

    [Fact, Trait("Threat", "T11")]
    public void Start_LaneBeyondAQuarterOfThisMachinesMemory_IsRefused()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Platform:Passwords:Threads"] = "256", ["Platform:Passwords:MemoryKiB"] = "1048576" }).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddPlatformGrains().BuildServiceProvider();
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<PasswordHashingOptions>>().Value)
            .Failures.ShouldHaveSingleItem().ShouldContain("256 Threads of 1048576 MemoryKiB take 268435456 KiB");
    }

    [Theory]
    [InlineData(1, 8192, 1)]
    [InlineData(2, 8192, 1)]
    [InlineData(8, 8192, 7)]
    [InlineData(8, 384, 5)]
    [InlineData(64, 4096, 53)]
    [InlineData(8, 64, 1)]
    public void DefaultThreads_CoresAndMemory_FitBoth(int cores, long mebibytes, int threads) => PasswordHashingOptions.DefaultThreads(cores, mebibytes * Mebibyte).ShouldBe(threads);

    private static string[] Failures(PasswordHashingOptions options, long availableMemory = 1024 * Mebibyte) =>
        [.. new PasswordHashingOptionsValidator(availableMemory).Validate(null, options).Failures ?? []];
}
