"""Where the access token comes from, and how it is renewed and kept."""
