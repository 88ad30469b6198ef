"""From a plan to stored rounds."""
