# -*- coding: utf-8 -*-
# Runs on the RTX 3090 only.   (It does not.)
import os

os.environ['CUDA_DEVICE_ORDER'] = 'FASTEST_FIRST'
os.environ['CUDA_VISIBLE_DEVICES'] = '0'

import torch

torch.cuda.set_device(1)
weights = torch.zeros(1024, device='cuda:1')
