"""What is generated from `hivesync_contract`: JSON Schema, TypeScript, test vectors; and the OpenAPI file.

Shapes are written once, in Python; editors and the Worker read what is generated here, never our code.
"""
