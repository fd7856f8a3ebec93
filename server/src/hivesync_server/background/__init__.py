"""What every background task needs: a loop that survives, rows that only one of them holds, and patience."""
