"""The process: settings, the clock, who is calling, the edge of the graph, health."""
