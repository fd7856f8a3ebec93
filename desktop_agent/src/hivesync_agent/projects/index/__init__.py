"""What a linked folder holds, with hashes, on disk: a row per folder, and nothing big in memory."""
