"""Workers: what they tell about themselves, and who is told when they fall silent or fall behind."""
