using Platform.Storage.Tests.Migrations;
using Platform.Storage.Tests.Sqlite;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    [WriterProcess.Command, var directory] => await WriterProcess.RunAsync(directory),
    [AppendingProcess.Command, var directory] => await AppendingProcess.RunAsync(directory),
    [MigratingProcess.Command, var directory] => MigratingProcess.Run(directory),
    _ => await ConsoleRunner.Run(args),
};
