using System.Security.Cryptography;
using System.Text;
using Platform.Security;
using Platform.State;
using Platform.Storage.Backups;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Backups;

/// <summary>A backup that restores and yet could not be read is found before older ones go.</summary>
public sealed class BackupVerificationTests
{
    private const string User = "usr_0193a5d00000700080000000000000a1";

    [Fact, Trait("Fault", "F21")]
    public async Task Verify_OfStatesThatOpen_Passes()
    {
        using var sample = await SampleBackup.MakeAsync(fill: Fill(key => key));

        await sample.VerifyAsync();
    }

    [Fact]
    public async Task Verify_OfStatesWhoseKeyWasDestroyed_Passes()
    {
        using var sample = await SampleBackup.MakeAsync(fill: Fill(_ => []));

        await sample.VerifyAsync();
    }

    [Theory, Trait("Fault", "F21")]
    [InlineData("another")]
    [InlineData("damaged")]
    [InlineData("none")]
    public async Task Verify_OfStatesThatNobodyCouldRead_IsRefusedByTheirName(string key)
    {
        using var sample = await SampleBackup.MakeAsync(fill: Fill(right => key switch
        {
            "another" => null,
            "damaged" => [.. right.SkipLast(1), (byte)(right[^1] ^ 1)],
            _ => throw new KeyNotFoundException(),
        }));

        (await Should.ThrowAsync<BackupException>(() => sample.VerifyAsync())).Message.ShouldContain($"'user' of {User}");
    }

    /// <param name="stored">What lies in the place of the right wrapped key; null: another one of the same user; it throws: none.</param>
    private static Func<IDatabase, MasterKey, Task> Fill(Func<byte[], byte[]?> stored) => async (database, master) =>
    {
        var wrapped = master.WrapNewKey(DataKeys.PurposeOf(User)).ToArray();
        using var aes = new AesGcm(master.Unwrap(wrapped, DataKeys.PurposeOf(User)), SealedBytes.TagSize);
        var state = new SealedState { Subject = User, Sealed = SealedBytes.Seal(aes, "{}"u8, Encoding.UTF8.GetBytes(SealingGrainStorage.ContextOf(StateNames.User, User))) };
        await database.WriteAsync(
            new Operation("write", "grain_state"),
            new Statement("INSERT INTO grain_state (state_name, grain_key, version, payload, modified_at) VALUES ('user', @key, 1, @payload, 0)", ("@key", User), ("@payload", state.ToBytes().ToArray())),
            default);
        try
        {
            await database.WriteAsync(
                new Operation("write", "data_keys"),
                new Statement("INSERT INTO data_keys (subject_id, wrapped) VALUES (@id, @key)", ("@id", User), ("@key", stored(wrapped) ?? master.WrapNewKey(DataKeys.PurposeOf(User)).ToArray())),
                default);
        }
        catch (KeyNotFoundException)
        {
            // There is none.
        }
    };
}
