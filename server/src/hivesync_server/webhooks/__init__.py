"""Outbound webhooks: what happens in a project, told to other servers; signed, patient, and never inwards."""
