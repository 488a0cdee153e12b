"""The demo magazine Meadowsweet: its texts and pictures as files, and what turns them into rows."""
