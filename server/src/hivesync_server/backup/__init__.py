"""Backup and restore of the database, in one portable file: SQLite's can be restored into Postgres.

Objects in the buckets are no part of it; the operator copies those with a tool for S3.
"""

from hivesync_server.backup.restoring import Restored, restore
from hivesync_server.backup.saving import Saved, save

__all__ = ["Restored", "Saved", "restore", "save"]
