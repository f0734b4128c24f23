"""The local Azure and the app driven through random histories, and an independent model of what must come of them."""
