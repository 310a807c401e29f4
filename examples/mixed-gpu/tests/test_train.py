import torch


def test_the_model_is_on_the_gpu():
    model = torch.nn.Linear(2, 2).to("cuda:1")
    assert next(model.parameters()).is_cuda
