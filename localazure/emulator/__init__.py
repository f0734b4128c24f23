"""An emulator of Azure Resource Manager for virtual networks, held to recordings of real traffic by a test.

It shares no code with the app, so that it cannot share the app's mistakes.
"""
