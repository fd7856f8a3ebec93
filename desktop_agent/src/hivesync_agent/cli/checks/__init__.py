"""What `hivesync doctor` looks at. Changes nothing, and shows no secret."""
