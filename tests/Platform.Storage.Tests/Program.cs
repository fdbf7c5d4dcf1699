using Platform.Storage.Tests.Sqlite;
using Xunit.Runner.InProc.SystemConsole;

return args is [WriterProcess.Command, var directory] ? await WriterProcess.RunAsync(directory) : await ConsoleRunner.Run(args);
