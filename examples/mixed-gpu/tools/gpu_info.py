"""Prints what NVML sees. Physical indexes: CUDA_VISIBLE_DEVICES does not concern NVML."""
import pynvml

pynvml.nvmlInit()
for index in range(pynvml.nvmlDeviceGetCount()):
    print(index, pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByIndex(index)))
