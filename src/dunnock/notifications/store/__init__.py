"""The statements of notifications and markers."""
