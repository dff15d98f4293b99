"""The whole console in a simulation that owns clocks, network, faults and scheduling: `python -m tests.simulation`.

Two servers, two workers and three people are greenlets of one thread. They run the real engine over the real adapters
against the simulated cloud; only sockets, clocks, sleeps and the order of steps are the simulation's. After every step
`invariants` compares what the console says with the cloud's ledger. Nothing outside may import from here.
"""
