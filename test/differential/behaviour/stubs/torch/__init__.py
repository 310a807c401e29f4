import gpu_probe

gpu_probe.record()


def device(*names):
    return names


cuda = None
