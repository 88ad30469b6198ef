"""How a chart is laid out: page, axes, labels, style."""
