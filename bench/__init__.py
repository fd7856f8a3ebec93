"""Benchmarks: the relay against direct access and against peers, the idle agent, the time to a preview.

Absolute numbers belong to the machine they were measured on; compare the ratios, which come from
alternating measurements in one run.
"""
