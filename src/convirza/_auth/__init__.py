"""Credentials: how access tokens are obtained, renewed and stored."""
