"""This server's things as ActivityStreams tells them."""
