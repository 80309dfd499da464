"""Arrays in, arrays out: the grid, the network, its gradients and its training."""
