"""From a drawing or a picture to an image like MNIST's."""
