"""The network: in torch for training, in numpy for prediction."""
