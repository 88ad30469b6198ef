"""What measures a phase: clocks, counters, device meters."""
