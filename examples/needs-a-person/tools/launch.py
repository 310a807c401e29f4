"""The card comes from the command line: nobody can tell from this file which one it will be."""
import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = sys.argv[1]

import torch

print(torch.cuda.get_device_name("cuda:0"))
