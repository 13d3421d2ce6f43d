"""Stand-ins: exports in the form of a cohort's own, made of its disclosed estimates alone."""
