"""Where editors change the words of letters."""
