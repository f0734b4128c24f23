"""The triggers of function_app.py, through the worker library that runs them in Azure."""
