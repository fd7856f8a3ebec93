#!/bin/sh
# Puts uv into .tools, from PyPI. Needs a Python >= 3.11 and says so if there is none.
# usage: bootstrap.sh UV_VERSION, in the root of the repository
set -eu
uv_version=$1

is_suitable() {
    # Runs it: a pyenv shim exists for versions that are not active, and then only fails.
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_suitable "$PYTHON" || { echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2; exit 1; }
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_suitable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    echo "HiveSync needs Python 3.11 or newer, and found none on PATH." >&2
    echo "Install it, or name it: make PYTHON=/path/to/python3.11" >&2
    exit 1
}

python=$(find_python)
echo "Setting up uv $uv_version in .tools (with $python)"
if "$python" -c 'import ensurepip' 2>/dev/null; then
    "$python" -m venv .tools
    .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
else
    # Debian's python3 comes without ensurepip (python3-venv); a bare environment needs none.
    "$python" -m venv --without-pip .tools
    .tools/bin/python tools/fetch_uv.py "$uv_version" .tools
fi
.tools/bin/uv --version >/dev/null
