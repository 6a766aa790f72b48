"""What tests share: databases, the cast, servers."""
