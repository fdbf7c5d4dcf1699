using Xunit.Sdk;
using Xunit.v3;

// A test waits for a process for a third of its time, so that three share two cores. What measures a clock has bounds that allow for it.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 3)]
