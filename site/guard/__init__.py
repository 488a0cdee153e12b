"""What protects the public forms without a cookie: same origin, a signed form token, a trap field."""
