using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.AdoNet;

/// <summary>Reminders in a relational database, in the rows and by the statements that Orleans uses.</summary>
internal sealed class AdoNetReminderTable(IOptions<AdoNetReminderTableOptions> options, IOptions<ClusterOptions> cluster) : IReminderTable
{
    private readonly AdoNetDatabase _database = new(options.Value.Invariant, options.Value.ConnectionString, options.Value.DataSource);
    private readonly string _serviceId = cluster.Value.ServiceId;

    public Task StartAsync(CancellationToken cancellationToken = default) => _database.LoadStatementsAsync(cancellationToken);

    public async Task<ReminderTableData> ReadRows(GrainId grainId) => new(await _database.QueryAsync(
        "ReadReminderRowsKey", command => AddKey(command, grainId, reminderName: null), Entry));

    public async Task<ReminderTableData> ReadRows(uint begin, uint end) => new(await _database.QueryAsync(
        unchecked((int)begin < (int)end) ? "ReadRangeRows1Key" : "ReadRangeRows2Key",
        command =>
        {
            command.Add("ServiceId", DbType.String, _serviceId);
            command.Add("BeginHash", DbType.Int32, unchecked((int)begin));
            command.Add("EndHash", DbType.Int32, unchecked((int)end));
        },
        Entry));

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
        => (await _database.QueryAsync("ReadReminderRowKey", command => AddKey(command, grainId, reminderName), Entry)).FirstOrDefault();

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var milliseconds = (long)entry.Period.TotalMilliseconds;
        var versions = await _database.QueryAsync(
            "UpsertReminderRowKey",
            command =>
            {
                AddKey(command, entry.GrainId, entry.ReminderName);
                command.Add("GrainHash", DbType.Int32, unchecked((int)entry.GrainId.GetUniformHashCode()));
                command.Add("StartTime", DbType.DateTime, entry.StartAt);
                command.Add("Period", milliseconds <= int.MaxValue ? DbType.Int32 : DbType.Int64, milliseconds <= int.MaxValue ? (object)(int)milliseconds : milliseconds);
            },
            Version);
        return versions[0];
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        var removed = await _database.QueryAsync(
            "DeleteReminderRowKey",
            command =>
            {
                AddKey(command, grainId, reminderName);
                command.Add("Version", DbType.Int32, int.Parse(eTag, CultureInfo.InvariantCulture));
            },
            static reader => Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture) > 0);
        return removed[0];
    }

    public Task TestOnlyClearTable() => _database.QueryAsync(
        "DeleteReminderRowsKey", command => command.Add("ServiceId", DbType.String, _serviceId), static _ => 0);

    private static ReminderEntry Entry(DbDataReader reader) => new()
    {
        GrainId = GrainId.Parse(reader.GetString(reader.GetOrdinal("GrainId"))),
        ReminderName = reader.GetString(reader.GetOrdinal("ReminderName")),
        StartAt = DateTime.SpecifyKind(reader.GetDateTime(reader.GetOrdinal("StartTime")), DateTimeKind.Utc),
        Period = TimeSpan.FromMilliseconds(Convert.ToInt64(reader.GetValue(reader.GetOrdinal("Period")), CultureInfo.InvariantCulture)),
        ETag = Version(reader),
    };

    private static string Version(DbDataReader reader) => Convert.ToInt32(reader.GetValue(reader.GetOrdinal("Version")), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private void AddKey(DbCommand command, GrainId grainId, string? reminderName)
    {
        command.Add("ServiceId", DbType.String, _serviceId);
        command.Add("GrainId", DbType.AnsiString, grainId.ToString());
        if (reminderName is not null)
        {
            command.Add("ReminderName", DbType.String, reminderName);
        }
    }
}
