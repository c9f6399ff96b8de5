"""Healthy: makes cyclic garbage all the time, which the collector finds."""
import time


class Node:
    def __init__(self):
        self.payload = bytearray(2000)
        self.other = None


while True:
    for _ in range(300):
        one, two = Node(), Node()
        one.other, two.other = two, one
    time.sleep(0.05)
