"""From a picture to the digits in it. OpenCV is imported by all but `decoding` and `doubt`."""
