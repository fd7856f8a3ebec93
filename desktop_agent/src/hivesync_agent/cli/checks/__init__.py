"""What `hivesync doctor` looks at, and which finding explains which. Changes nothing, and shows no secret."""
