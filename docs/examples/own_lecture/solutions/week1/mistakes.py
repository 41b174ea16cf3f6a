"""Wrong answers that we know, each with the hint it earns: three or more of each exercise."""

import torch

from grader.vocabulary import mistake


@mistake("rms_norm", "The mean is taken over each row, not over the whole of x.")
def mean_over_everything(x, gain, eps=1e-6):
    rms = torch.sqrt((x * x).mean() + eps)
    return x / rms * gain


@mistake("rms_norm", "ε stands inside the root.")
def eps_outside(x, gain, eps=1e-6):
    rms = torch.sqrt((x * x).mean(dim=-1, keepdim=True)) + eps
    return x / rms * gain


@mistake("rms_norm", "No mean is subtracted here: that would be layer normalisation.")
def layer_norm(x, gain, eps=1e-6):
    x = x - x.mean(dim=-1, keepdim=True)
    rms = torch.sqrt((x * x).mean(dim=-1, keepdim=True) + eps)
    return x / rms * gain


@mistake(
    "RunningMean",
    "The zero at the start still counts: look at what is returned.",
    "After t calls the weights of all numbers seen add up to 1 − β^t. Divide by that.",
)
class NoCorrection:
    def __init__(self, decay):
        self.decay = decay
        self.m = 0.0

    def update(self, x):
        self.m = self.decay * self.m + (1 - self.decay) * x
        return self.m


@mistake("RunningMean", "β belongs to the old m, 1 − β to the new number.")
class WeightsExchanged:
    def __init__(self, decay):
        self.decay = decay
        self.m = 0.0
        self.t = 0

    def update(self, x):
        self.t += 1
        self.m = (1 - self.decay) * self.m + self.decay * x
        return self.m / (1 - self.decay**self.t)


@mistake("RunningMean", "The first call is t = 1, not t = 0 or 2.")
class CountsOneMore:
    def __init__(self, decay):
        self.decay = decay
        self.m = 0.0
        self.t = 1

    def update(self, x):
        self.t += 1
        self.m = self.decay * self.m + (1 - self.decay) * x
        return self.m / (1 - self.decay**self.t)
