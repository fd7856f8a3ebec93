"""`make soak`: the product under everything that goes wrong on a desktop, and then the count.

Real parts: backend on Postgres, Worker, agent, and four clients in processes of their own. Parts are killed,
the network is cut, the clock jumps; afterwards each change must have been made exactly once, and in order.
"""
