using Xunit.Sdk;
using Xunit.v3;

// A test waits for half of its time until a silo is declared dead. More than two would start nine processes at once, on machines with two cores.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
