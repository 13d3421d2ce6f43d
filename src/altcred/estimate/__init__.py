"""Every number the report states, computed once."""
