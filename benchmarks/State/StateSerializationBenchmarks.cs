using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Platform.Sessions;
using Platform.State;
using Platform.Users;

namespace Platform.Benchmarks.State;

/// <summary>
/// Grain state as it goes to storage: the generated serializer against System.Text.Json with the same options by reflection, in both directions.
/// A session is what is read and written most; a user's row grows with its sessions, here ten.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn]
public class StateSerializationBenchmarks
{
    private const int SessionsOfUser = 10;

    private static readonly JsonSerializerOptions Reflection = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private readonly StateSerializer _serializer = new();
    private readonly StoredSession _session = NewSession();
    private readonly StoredUser _user = NewUser();
    private BinaryData _storedSession = null!;
    private BinaryData _storedUser = null!;

    [GlobalSetup]
    public void Setup()
    {
        _storedSession = _serializer.Serialize(_session);
        _storedUser = _serializer.Serialize(_user);
        if (!WriteSessionReflection().AsSpan().SequenceEqual(_storedSession) || !WriteUserReflection().AsSpan().SequenceEqual(_storedUser))
        {
            throw new InvalidOperationException("The two serializers do not write the same.");
        }

        Console.WriteLine($"// A stored session is {_storedSession.Length} bytes, a stored user with {SessionsOfUser} sessions {_storedUser.Length} bytes.");
    }

    [Benchmark(Baseline = true), BenchmarkCategory("Write session")]
    public byte[] WriteSessionReflection() => JsonSerializer.SerializeToUtf8Bytes(_session, Reflection);

    [Benchmark, BenchmarkCategory("Write session")]
    public BinaryData WriteSession() => _serializer.Serialize(_session);

    [Benchmark(Baseline = true), BenchmarkCategory("Read session")]
    public object? ReadSessionReflection() => JsonSerializer.Deserialize<StoredSession>(_storedSession.ToMemory().Span, Reflection);

    [Benchmark, BenchmarkCategory("Read session")]
    public object ReadSession() => _serializer.Deserialize<StoredSession>(_storedSession);

    [Benchmark(Baseline = true), BenchmarkCategory("Write user")]
    public byte[] WriteUserReflection() => JsonSerializer.SerializeToUtf8Bytes(_user, Reflection);

    [Benchmark, BenchmarkCategory("Write user")]
    public BinaryData WriteUser() => _serializer.Serialize(_user);

    [Benchmark(Baseline = true), BenchmarkCategory("Read user")]
    public object? ReadUserReflection() => JsonSerializer.Deserialize<StoredUser>(_storedUser.ToMemory().Span, Reflection);

    [Benchmark, BenchmarkCategory("Read user")]
    public object ReadUser() => _serializer.Deserialize<StoredUser>(_storedUser);

    private static StoredSession NewSession() => new()
    {
        TenantId = PrefixedId.New<TenantId>(TimeProvider.System),
        UserId = PrefixedId.New<UserId>(TimeProvider.System),
        SecretHash = [.. RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes)],
        IdleTimeout = TimeSpan.FromMinutes(30),
        AbsoluteTimeout = TimeSpan.FromDays(1),
        CreatedAt = TimeProvider.System.GetUtcNow(),
        AuthenticationMethods = ["pwd", "otp"],
    };

    private static StoredUser NewUser() => new()
    {
        TenantId = PrefixedId.New<TenantId>(TimeProvider.System),
        Username = "alice",
        NormalisedName = "alice",
        Email = "alice@example.com",
        PasswordHash = Convert.ToBase64String(RandomNumberGenerator.GetBytes(61)),
        Permissions = Permissions.Owner,
        Status = UserStatus.Active,
        CreatedAt = TimeProvider.System.GetUtcNow(),
        PasswordChangedAt = TimeProvider.System.GetUtcNow(),
        Sessions = [.. Enumerable.Range(0, SessionsOfUser).Select(_ => new ListedSession(PrefixedId.New<SessionId>(TimeProvider.System), TimeProvider.System.GetUtcNow()))],
        Version = 3,
        ListedVersion = 3,
    };
}
