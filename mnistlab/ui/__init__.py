"""The pages' parts. Nothing else in the project imports streamlit."""
