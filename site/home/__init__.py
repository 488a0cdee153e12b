"""The top app: front page, standard pages, site settings, search; the only one that sees blog and newsletter."""
