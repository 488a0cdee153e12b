"""Reading a list of people from a CSV file of any origin; nothing here writes a row."""
