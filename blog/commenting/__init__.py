"""What readers who comment meet: the form, the thread, their own pages, the letters to them."""
