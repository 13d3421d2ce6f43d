"""What was surveyed and what was asked: study.yaml and codebook.yaml."""
