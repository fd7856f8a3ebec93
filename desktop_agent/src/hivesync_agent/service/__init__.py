"""The agent as the desktop starts it: at login and after a crash, for this user, without admin rights."""
