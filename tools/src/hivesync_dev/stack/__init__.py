"""The whole product on embedded defaults: backend, Worker and agent as real processes.

Used by the demo, the end-to-end tests and the benchmarks. Everything it writes stays in one folder,
and nothing it started outlives it.
"""
