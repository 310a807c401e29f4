"""Wants two cards where the policy allows one."""
import os

os.environ["CUDA_VISIBLE_DEVICES"] = "0,1"

import torch

model = torch.nn.DataParallel(torch.nn.Linear(64, 10).to("cuda:0"), device_ids=[0, 1])
