"""`make conformance CLIENT=…`: plays agents and a backend by script and looks at what a client does.

Judges behaviour on the wire alone, so that a client in any language can be examined. docs/write-a-plugin.md
says how a driver speaks with it.
"""
