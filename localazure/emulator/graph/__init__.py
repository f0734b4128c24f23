"""Resource Graph: the part of its query language that clients of virtual networks need."""
