"""The life of a model, and those who observe its phases."""
