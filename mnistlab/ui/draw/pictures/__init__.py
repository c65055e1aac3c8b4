"""The way "Picture": photos of digits, what is found in them, and corrections."""
