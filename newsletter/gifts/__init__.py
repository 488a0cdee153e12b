"""What subscribers are given, in the admin: books and offers."""
