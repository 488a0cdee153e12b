"""People who log in: editors, reviewers, moderators, the operator. Authors need no log-in and live in `blog`."""
