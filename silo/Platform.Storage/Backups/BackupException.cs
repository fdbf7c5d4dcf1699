namespace Platform.Storage.Backups;

/// <summary>A backup or a restore that does not go on. The message says what to do, without secrets.</summary>
internal sealed class BackupException(string message, Exception? innerException = null) : Exception(message, innerException);
