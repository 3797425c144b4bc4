"""Walk the three flows over HTTP, as the people of the example province would."""
