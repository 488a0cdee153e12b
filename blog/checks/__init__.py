"""Content checks: what an editor should look at before an article is published."""
