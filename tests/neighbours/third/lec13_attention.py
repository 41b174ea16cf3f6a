"""Third neighbours of lec13_attention: written before they were measured once, at the end."""

import math

import torch
import torch.nn.functional as F

from grader.vocabulary import mistake


@mistake("additive_score", "a sigmoid for tanh")
def tri_add_sigmoid(x, q, w, u, v):
    hidden = torch.sigmoid(x @ w.T + u @ q)
    return hidden @ v


@mistake("scaled_dot_score", "multiplied by the root")
def tri_sds_multiplied(x, q):
    return x @ q * math.sqrt(len(q))


@mistake("context_vector", "the scores are halved")
def tri_ctx_half_temperature(scores, h):
    weights = torch.softmax(scores / 2, dim=0)
    return weights @ h


@mistake("self_attention", "keys are made with the queries' matrix")
def tri_self_q_for_k(x, wq, wk, wv):
    q, k, v = (wq @ x, wq @ x, wv @ x)
    scores = k.T @ q / math.sqrt(len(k))
    weights = torch.softmax(scores, dim=0)
    return v @ weights


@mistake("local_mask", "a window of twice the width")
def tri_local_double(n, window):
    i = torch.arange(n)
    distance = (i[:, None] - i).abs()
    return distance <= 2 * window


@mistake("positional_encoding", "two slips: the exponent is halved, and positions are doubled")
def tri_pe_exponent_half_n(n, d):
    exponent = torch.arange(0, d, 2) / (2 * d)
    angle = 2 * torch.arange(n)[:, None] / 10000**exponent
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@mistake("lm_loss", "two slips: a sum, and the tokens reversed")
def tri_lm_sum_reversed(logits, tokens):
    predictions = logits[:, :-1].flatten(0, 1)
    targets = tokens[:, 1:].flatten()
    return F.cross_entropy(predictions, targets.flip(0), reduction="sum")
