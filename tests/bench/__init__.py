"""`make bench`: what pages and a dispatch cost on this machine. Prints; asserts nothing."""
