"""One file per admin command."""
