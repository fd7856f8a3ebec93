"""`make check`: everything about the sources that a machine can judge, without running them."""
