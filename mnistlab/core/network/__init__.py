"""The network, in torch for training and in numpy for prediction."""
