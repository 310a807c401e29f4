"""Reads batches. No GPU here, so nothing is added; the text "cuda:1" in a log line stays too."""
import logging
import random


def batches(count: int = 8):
    import numpy as np

    logging.info("batches for %s", "the model, wherever it runs (cuda:1 in the old days)")
    for _ in range(count):
        yield np.zeros((4, 64)), [random.randrange(10) for _ in range(4)]
