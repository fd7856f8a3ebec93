"""Who did what that security depends on."""
