// One at a time: they measure clocks to the second and start processes, on machines with two cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
