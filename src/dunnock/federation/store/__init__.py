"""All statements about what stands between servers."""
