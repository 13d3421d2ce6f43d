"""What every other package stands on: errors, paths, numbers, countries, the SQL engine."""
