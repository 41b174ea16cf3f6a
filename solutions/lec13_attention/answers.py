"""Model answers of lecture 13: attention, masks and the transformer."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def additive_score(x, q, w, u, v):
    # hint: Look at the tanh and what it is taken of: which matrix meets x, and which meets q?
    hidden = torch.tanh(x @ w.T + u @ q)
    # hint: Look at the last step, vᵀ(…): how do the A entries become one score?
    return hidden @ v


def dot_score(x, q):
    # hint: Compare your line with xᵀq for each row x: which products are added, and is that all?
    return x @ q


def scaled_dot_score(x, q):
    # hint: Compare your line with xᵀq/√D: what is above the bar, what below, and what is D?
    return x @ q / math.sqrt(len(q))


def bilinear_score(x, w, q):
    # hint: Compare your line with xᵀWq for each row x: who stands on which side, and is that all?
    return x @ w @ q


def context_vector(scores, h):
    # hint: Look at the weights: what makes them of the scores, and along what do they sum to 1?
    weights = torch.softmax(scores, dim=0)
    # hint: Look at how the weights meet the states: c = Σ aⱼhⱼ.
    return weights @ h


def self_attention(x, wq, wk, wv):
    # hint: Look at Q, K and V: which matrix makes which, and on which side of X?
    q, k, v = wq @ x, wk @ x, wv @ x
    # hint: Look at the scores KᵀQ/√D_k: who is transposed, what divides, whose size is D_k?
    scores = k.T @ q / math.sqrt(len(k))
    # hint: Look at the softmax: of what is it taken, and does each column of it sum to 1?
    weights = torch.softmax(scores, dim=0)
    # hint: Look at the last product: V stands on the left of the weights, and that is H.
    return v @ weights


def scaled_dot_attention(q, k, v, mask=None):
    # hint: Look at the scores QKᵀ/√D: which axes change places, what divides, whose size is D?
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    # hint: Look at the mask: where does it act, at which entries, and what do those become?
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    # hint: Look at the softmax: is it there, and along which axis do one query's weights lie?
    weights = torch.softmax(scores, dim=-1)
    # hint: Look at the last product: the weights on the left, the values on the right.
    return weights @ v


def causal_mask(n):
    # hint: Look at the three parts of the mask: below the diagonal, above it, and on it.
    return torch.ones(n, n, dtype=torch.bool).tril()


def local_mask(n, window):
    # hint: Look at the positions: how many are there?
    i = torch.arange(n)
    # hint: Look at the distance |i − j|: what becomes of its sign?
    distance = (i[:, None] - i).abs()
    # hint: Look at the comparison with the window: which side of it is True, and what is its end?
    return distance <= window


def multi_head_attention(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        # hint: Look at how the columns are split: which ones form a head, and where is its axis?
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)  # (B, heads, N, D / heads)

    # hint: Look at the projections: which matrix makes queries, which keys, which values?
    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    # hint: Look at what the attention of each head is given: three tensors and the mask.
    attended = scaled_dot_attention(q, k, v, mask)
    # hint: Look at the end: how are the heads joined, and what is the result multiplied by?
    return attended.transpose(1, 2).flatten(2) @ wo


def positional_encoding(n, d):
    # hint: Look at the exponent 2i/d: which values does it take, one for each pair of columns?
    exponent = torch.arange(0, d, 2) / d
    # hint: Look at the angle, pos/10000^(2i/d): which positions, what base, what divides what?
    angle = torch.arange(n)[:, None] / 10000**exponent
    # hint: Look at the columns: which are sines, which cosines, and in which order do they stand?
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


def transformer_block(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        # hint: Look at the layer normalisation itself: its axis, its ε, its scale and its shift.
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    # hint: Look at what attention is given: the input, four matrices in order, heads and mask.
    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    # hint: Look at Y = LN₁(X + MHA(X)): the sum, and which scale and shift LN₁ has.
    y = norm(x + attended, p["g1"], p["b1"])
    # hint: Look at the first layer of the FFN: its input, w1, c1, and what comes after them.
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    # hint: Look at the second layer of the FFN: its input, w2 and c2.
    ffn = hidden @ p["w2"] + p["c2"]
    # hint: Look at LN₂(Y + FFN(Y)): the sum, and which scale and shift LN₂ has.
    return norm(y + ffn, p["g2"], p["b2"])


def lm_loss(logits, tokens):
    # hint: Look at which logits count: which position has nothing to predict?
    predictions = logits[:, :-1].flatten(0, 1)
    # hint: Look at which tokens are targets: which one does nothing predict?
    targets = tokens[:, 1:].flatten()
    # hint: Look at the loss of the predictions: its sign, and what it is a mean over.
    return F.cross_entropy(predictions, targets)


def mask_tokens(tokens, mask_id, rate, generator):
    # hint: Look at the draws: one for each position? From which source? Which ones mean "hidden"?
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    # hint: Look at the inputs: what stands where a token is hidden, and what elsewhere?
    inputs = tokens.masked_fill(masked, mask_id)
    # hint: Look at the labels: what stands where a token is hidden, and what elsewhere?
    labels = tokens.masked_fill(~masked, -100)
    return inputs, labels  # hint: Look at the two results: is each what is asked, in its order?


def block_parameters(d):
    def matrix(rows, columns):
        # hint: Look at the start of a block's matrices: their shapes, and how large they are.
        return nn.Parameter(torch.randn(rows, columns) / math.sqrt(rows))

    # hint: Look at a block's parameters: which ones are there, of which shape?
    p = {name: matrix(d, d) for name in ("wq", "wk", "wv", "wo")}
    # hint: Look at the start of the two normalisations: their scale and their shift.
    p |= {name: nn.Parameter(torch.ones(d)) for name in ("g1", "g2")}
    # hint: Look at the start of the two normalisations: their scale and their shift.
    p |= {name: nn.Parameter(torch.zeros(d)) for name in ("b1", "b2", "c2")}
    # hint: Look at the small network of a block: the shapes of its matrices and of its biases.
    p |= {"w1": matrix(d, 4 * d), "c1": nn.Parameter(torch.zeros(4 * d)), "w2": matrix(4 * d, d)}
    return nn.ParameterDict(p)


class MiniGPT(nn.Module):
    def __init__(self, size, d, heads, layers, max_len, tie=True):
        super().__init__()
        self.heads, self.max_len = heads, max_len
        # hint: Look at the embedding: its shape, and how large it is at the start.
        self.embedding = nn.Parameter(torch.randn(size, d) / math.sqrt(d))
        # hint: Look at the output's matrix: when is it the embedding itself, when its own?
        self.output = self.embedding if tie else nn.Parameter(torch.randn(size, d) / math.sqrt(d))
        # hint: Look at what tells the positions: of how many of them?
        self.register_buffer("places", positional_encoding(max_len, d))
        # hint: Look at the blocks: how many are there, and has each its own parameters?
        self.blocks = nn.ModuleList(block_parameters(d) for _ in range(layers))

    def forward(self, tokens):
        # hint: Look at the test of the length: how many tokens are too many?
        n = tokens.shape[1]
        # hint: Look at the test of the length: how many tokens are too many?
        if n > self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        # hint: Look at the mask of the blocks: who may look at whom?
        mask = causal_mask(n).to(tokens.device)
        # hint: Look at the input of the first block: the embedding, and what tells the positions.
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.places[:n]
        # hint: Look at the loop over the blocks: what goes into each of them?
        for p in self.blocks:
            x = transformer_block(x, p, self.heads, mask)
        # hint: Look at how the last block's vectors become logits.
        return x @ self.output.T


def train_lm(model, tokens, steps, batch_size, context, lr, seed):
    # hint: Look at what `seed` does: the windows must come from it alone.
    generator = torch.Generator().manual_seed(seed)
    # hint: Look at the optimizer: which one, of which parameters, with which learning rate?
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        # hint: Look at where windows begin: which places are possible, and how many are drawn?
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        # hint: Look at a window: which tokens, how many, and in which order?
        windows = tokens[begin + torch.arange(context)]
        # hint: Look at the loss: of which logits, and which tokens should they predict?
        loss = lm_loss(model(windows), windows)
        # hint: Look at the three calls of each step: is one missing, or out of order?
        optimizer.zero_grad()
        # hint: Look at the three calls of each step: is one missing, or out of order?
        loss.backward()
        # hint: Look at the three calls of each step: is one missing, or out of order?
        optimizer.step()
        # hint: Look at the list of losses: one number for each step, of which loss?
        losses.append(loss.item())
    return losses


def generate(model, tokens, steps, temperature, generator):
    # hint: Look at the model's mode: which one while it writes, and which one afterwards?
    was_training = model.training
    # hint: Look at the model's mode: which one while it writes, and which one afterwards?
    model.eval()
    # hint: Look at how often a token is written.
    for _ in range(steps):
        # hint: Look at what the model reads, and which of its logits say what comes next.
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        # hint: Look at temperature 0: which token is taken then?
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            # hint: Look at the probabilities: where does the temperature act, and how?
            p = torch.softmax(logits / temperature, dim=1)
            # hint: Look at the draw: how many tokens for each text, from which source?
            following = torch.multinomial(p, 1, generator=generator)
        # hint: Look at how the text grows: what is joined, in which order, along which axis?
        tokens = torch.cat([tokens, following], dim=1)
    # hint: Look at the model's mode: which one while it writes, and which one afterwards?
    model.train(was_training)
    return tokens
