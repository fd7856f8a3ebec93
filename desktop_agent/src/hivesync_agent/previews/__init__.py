"""From "show me this" to a phone link: scan, plan, upload, follow. Survives the end of the agent."""
