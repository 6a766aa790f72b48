"""HTML for citizens and for the clerk's printer: values in, text out."""
