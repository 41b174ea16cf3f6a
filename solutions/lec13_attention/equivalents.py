"""Short cuts to what this assignment forbids: each must be refused."""

import torch
import torch.nn.functional as F

from grader.vocabulary import equivalent


@equivalent("scaled_dot_attention")
def by_function(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


@equivalent("self_attention")
def by_math(x, wq, wk, wv):
    q, k, v = ((w @ x).T[None] for w in (wq, wk, wv))
    return torch.ops.aten._scaled_dot_product_attention_math(q, k, v)[0][0].T
