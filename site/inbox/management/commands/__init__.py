"""Commands of the local mailbox."""
