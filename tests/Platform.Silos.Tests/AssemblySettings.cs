using Xunit.Sdk;
using Xunit.v3;

// A silo that waits for a processor loses its lease, and the tests would wait for it to come back.
[assembly: Parallelization(Mode = ParallelMode.None)]
