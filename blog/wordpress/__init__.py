"""Reading a WordPress export."""
