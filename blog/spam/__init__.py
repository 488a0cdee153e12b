"""The judgement of comments: a port and its adapters."""
