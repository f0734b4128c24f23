"""Resource Graph: its language, its pages, and how late it is."""
