# Generated from hivesync/_async by `make generate`; do not edit.
"""The synchronous client."""
