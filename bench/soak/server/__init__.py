"""`python -m bench.soak server`: two servers on one database while all around them fails, and the count.

Each change is asked for under one Idempotency-Key until it is accepted, as a client does that loses nothing.
Whatever was accepted must then be there once, told once, and answered alike when it is asked for again.
"""
