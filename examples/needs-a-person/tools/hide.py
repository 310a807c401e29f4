"""Takes the variable away again."""
import os

del os.environ["CUDA_VISIBLE_DEVICES"]

import torch
