"""`python -m hivesync_dev.generate [--check]`: write the generated files, or tell which are stale."""

from __future__ import annotations

import argparse

from hivesync_dev.generate.constants import constants_text
from hivesync_dev.generate.generated import NOTICE, Generated
from hivesync_dev.generate.json_schema import schema_files
from hivesync_dev.generate.openapi import openapi_files
from hivesync_dev.generate.sdk_reference import sdk_reference
from hivesync_dev.generate.shapes import contract_shapes, definitions
from hivesync_dev.generate.transcripts import transcript_files
from hivesync_dev.generate.typescript import declaration
from hivesync_dev.generate.vectors import vector_files
from hivesync_dev.paths import ROOT, VSCODE, WORKER


def generated_files() -> list[Generated]:
    """Give every file that is made from the contract, and what backend and agent say of themselves."""
    return [
        *schema_files(),
        *vector_files(),
        *_typescript_files(),
        sdk_reference(),
        *transcript_files(),
        *openapi_files(),
    ]


def main() -> int:
    """Write, or with `--check` only compare; exit code 1 when something is stale."""
    parser = argparse.ArgumentParser(prog="hivesync_dev.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    if parser.parse_args().check:
        return _report_stale()
    for file in generated_files():
        file.write()
    return 0


def _report_stale() -> int:
    stale = [file.path.relative_to(ROOT) for file in generated_files() if not file.is_fresh()]
    for path in stale:
        print(f"{path} is stale: run `make generate` and commit the result")
    return 1 if stale else 0


def _typescript_files() -> list[Generated]:
    shapes = definitions(contract_shapes())
    types = "\n".join(declaration(name, schema) for name, schema in shapes.items())
    text = f"// {NOTICE}\n\n{types}\n{constants_text()}"
    return [Generated(package / "src" / "contract.gen.ts", text) for package in (WORKER, VSCODE)]


if __name__ == "__main__":
    raise SystemExit(main())
