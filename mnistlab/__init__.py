"""mnistlab: train a small neural network on MNIST, and come to understand it."""
