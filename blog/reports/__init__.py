"""Lists for editors in the admin: what is due for review, which links are dead, how hard the articles read."""
