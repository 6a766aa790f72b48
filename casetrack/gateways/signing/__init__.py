"""Electronic signatures: by a certificate of the region's own, or by the national signing service."""
