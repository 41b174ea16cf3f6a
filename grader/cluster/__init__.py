"""More machines: a class graded on the workers of a Dask cluster; see docs/cluster.md.

Whoever reaches the scheduler can run code, so other than on loopback all of it travels by TLS.
The parts, from whoever asks to whoever runs a student's code:
- `client`: holds the class, sends batches of bytes and ids, writes the store; `ledger` decides who
  gets what, and what becomes of a dead machine's;
- `member`: a Dask worker process, started by `joining` under a nanny; it refuses what differs;
- `controller`: a program beside it that holds the hidden cases and judges; `crew` is its handle;
- the zygote of that controller, and the confined workers, as on one machine.
"""
