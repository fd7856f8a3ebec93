"""What a linked folder holds, with hashes, kept on disk: a row per folder, so that nothing big stays in memory."""
