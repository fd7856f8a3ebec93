"""Servers that tests run on real sockets: scriptable stand-ins and hostile ones."""
