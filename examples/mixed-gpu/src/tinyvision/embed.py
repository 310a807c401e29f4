"""Embeds images; two authors, two opinions."""
import os

os.environ["CUDA_VISIBLE_DEVICES"] = "0"
os.environ.update({"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "1"})

from transformers import pipeline

embedder = pipeline("image-feature-extraction", device="cuda:0")
