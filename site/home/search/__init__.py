"""Searching articles, people and topics: any query is safe, one slip of a finger is forgiven and said.

query -> spelling (what the words may mean, by the vocabulary) -> indexed (Wagtail's search index) -> finding -> showing
"""
