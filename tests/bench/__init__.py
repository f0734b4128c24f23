"""The bench itself: its verdicts and its page quickly, its sections at a tiny size among the long ones."""
