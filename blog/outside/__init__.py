"""Asking servers elsewhere whether the addresses in our articles still answer: politely, briefly, never inwards."""
