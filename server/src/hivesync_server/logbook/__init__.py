"""The logbook: what all processes warned of lately, for administrators who are not at the machine."""
