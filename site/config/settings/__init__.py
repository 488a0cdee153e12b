"""Settings: `base` is common to all; `dev` for a laptop, `test` for the tests, `production` for a server."""
