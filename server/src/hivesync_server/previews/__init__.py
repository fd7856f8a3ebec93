"""Previews: a manifest becomes an upload plan, then a job, then something a phone can show."""
