"""SQL of discovery."""
