"""Tables, charts, maps and sentences: views of estimates."""
