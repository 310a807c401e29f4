"""Writes the model as ONNX."""
import os

# setdefault changes nothing where the shell exported another value.
os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "1")

import torch

torch.onnx.export(torch.nn.Linear(64, 10).to("cuda:0"), (torch.zeros(1, 64, device="cuda:0"),), "model.onnx")
