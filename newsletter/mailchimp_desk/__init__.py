"""The admin: connecting Mailchimp, and how it does."""
