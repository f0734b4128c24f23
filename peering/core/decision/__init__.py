"""What is to be done, from what was observed: pure, and without a record. Findings are worded here and nowhere else."""
