"""Absolute caps, the same for every tier. Tier limits are the server's configuration."""

SOURCE_TEXT_BYTES = 2 * 1024 * 1024
"""Source text of one preview. The bundler keeps it in a 128 MB isolate, so more can't be built."""

PACKED_FILE_BYTES = 64 * 1024
"""Files up to this size travel together in one pack: one upload instead of one per file."""

MANIFEST_FILES = 5_000

BUILD_WARNINGS = 50
"""Warnings that are told of one build: they travel with each event of its preview."""

PATH_BYTES = 1_024
INLINE_PREVIEW_BYTES = 256 * 1024

AI_DOCS_FILE_BYTES = 1024 * 1024
"""The largest file that any tier has documented."""

ATTACHMENT_BYTES = 100 * 1024 * 1024
"""The largest attachment, whatever the tier."""

ATTACHMENT_SINGLE_BYTES = 16 * 1024 * 1024
"""Attachments up to this size are sent at once, larger ones in parts."""

ATTACHMENT_PART_BYTES = 8 * 1024 * 1024
"""R2 wants parts of one size, at least 5 MiB; only the last may be smaller."""

AI_DOCS_VERSION = 1
"""Counts up with prompts and engines: a result of another version is not given again for the same file."""

BUNDLE_BYTES = 20 * 1024 * 1024
"""The largest support bundle."""

SIGNATURE_TOLERANCE_SECONDS = 300
PREVIEW_OPEN_SECONDS = 600
"""How long a phone link may be opened for the first time."""

PREVIEW_LIFETIME_SECONDS = 24 * 3600
"""How long a preview, once opened, can be seen on that device."""

ACCESS_TOKEN_SECONDS = 900
