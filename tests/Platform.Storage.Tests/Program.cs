using Platform.Storage.Tests.Sqlite;

return await WriterProcess.RunAsync(args);
