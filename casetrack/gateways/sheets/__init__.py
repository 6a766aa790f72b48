"""Tables as files that a spreadsheet opens."""
