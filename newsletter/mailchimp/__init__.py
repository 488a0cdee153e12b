"""Keeping the list here and an audience at Mailchimp in step; what holds in every way is told in docs/mailchimp.md."""
