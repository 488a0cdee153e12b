"""Ways to hand issues over: a port and its adapters."""
