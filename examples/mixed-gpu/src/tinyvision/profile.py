"""All right already: gpupolicy does not touch this file."""
import os

os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
os.environ["CUDA_VISIBLE_DEVICES"] = "1"
os.environ["PYTORCH_CUDA_ALLOC_CONF"] = "max_split_size_mb:1024"
os.environ["PYTORCH_ALLOC_CONF"] = "max_split_size_mb:1024"

import torch

print(torch.cuda.get_device_name(0))
