"""The one door through which estimates leave."""
