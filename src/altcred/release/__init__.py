"""What journals and archives take of a cohort, in one folder that reveals nobody."""
