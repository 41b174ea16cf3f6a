"""Model answers, as a good student writes them."""

import torch


def rms_norm(x, gain, eps=1e-6):
    # hint: Look at what the root is taken of: which axis, and where ε stands.
    rms = torch.sqrt((x * x).mean(dim=-1, keepdim=True) + eps)
    return x / rms * gain  # hint: Look at the last step: what is divided, and what is multiplied?


class RunningMean:
    def __init__(self, decay):
        self.decay = decay
        self.m = 0.0
        self.t = 0

    def update(self, x):
        self.t += 1
        # hint: Look at the update of m: which of the two has the weight β?
        self.m = self.decay * self.m + (1 - self.decay) * x
        return self.m / (1 - self.decay**self.t)
