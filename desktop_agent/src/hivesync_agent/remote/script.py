"""What runs on the other machine while a forward lasts: it keeps a discovery file, and takes it away again.

Plain POSIX shell in one line without a single quote, since HiveSync need not be there, and since the user's
login shell there, whichever it is, has to pass it on. The token comes by standard input, never by the command
line, which every user of that machine can read.
"""

from __future__ import annotations

OWN_AGENT = 72
NOT_WRITTEN = 73
READY = "hivesync: ready"

_LINES = (
    "umask 077",
    "d=${HIVESYNC_RUNTIME_DIR:-}",
    # The same folders as `hivesync_contract.discovery.runtime_dir`.
    'if [ -z "$d" ] && [ "$(uname)" = Darwin ]; then d="$HOME/Library/Application Support/HiveSync/run"; fi',
    'if [ -z "$d" ] && [ -n "${XDG_RUNTIME_DIR:-}" ]; then d="$XDG_RUNTIME_DIR/hivesync"; fi',
    'if [ -z "$d" ]; then d="$HOME/.local/state/hivesync/run"; fi',
    'f="$d/{name}"',
    # Somebody else's folder can't be made ours, and then nothing is written there.
    'mkdir -p "$d" && chmod 700 "$d" || exit {not_written}',
    # An agent of that machine knows its files, so it goes first. What an earlier forward left is replaced.
    'if [ -e "$f" ] && [ -z "$(grep "forwarded_from.: \\"" "$f")" ]; then exit {own_agent}; fi',
    "IFS= read -r j || exit {not_written}",
    'printf "%s" "$j" > "$f.$$" && mv -f "$f.$$" "$f" || exit {not_written}',
    # A later forward may have replaced the file: then it is not ours to remove.
    'gone() { if [ "$(cat "$f" 2>/dev/null)" = "$j" ]; then rm -f "$f"; fi; }',
    "trap gone EXIT",
    'trap "exit 0" HUP INT TERM',
    'echo "{ready}"',
    # Input ends with the forward, however that ends.
    "cat > /dev/null",
)


def remote_command(discovery_name: str) -> str:
    """Give the command for the other machine's login shell."""
    text = "; ".join(_LINES)
    for name, value in (
        ("{name}", discovery_name),
        ("{own_agent}", str(OWN_AGENT)),
        ("{not_written}", str(NOT_WRITTEN)),
        ("{ready}", READY),
    ):
        text = text.replace(name, value)
    return f"exec sh -c '{text}'"
