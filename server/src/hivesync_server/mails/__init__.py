"""Mails: written with what they tell about, worded by templates, sent from the outbox by a provider."""
