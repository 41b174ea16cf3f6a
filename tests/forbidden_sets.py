"""Sets of rules that courses on deep learning need; courses may write their own.

Operators are listed under every name by which the dispatcher may meet them: outside inference
mode a composite operator is seen as its parts, inside it whole.
"""

from grader.worker.rules import Rules

AUTOGRAD = Rules(
    calls=(
        "Tensor.backward", "requires_grad_", "run_backward", "torch.autograd.backward",
        "torch.autograd.forward_ad", "torch.autograd.functional", "torch.autograd.grad",
        "torch.autograd.gradcheck", "torch.func.grad", "torch.func.grad_and_value",
        "torch.func.hessian", "torch.func.jacfwd", "torch.func.jacrev", "torch.func.jvp",
        "torch.func.linearize", "torch.func.vjp",
    ),
    label="autograd",
)  # fmt: skip

MATMUL = Rules(
    calls=(
        "dot", "einsum", "c_einsum", "inner", "matmul", "multi_dot", "tensordot",
        "scipy.linalg.blas", "scipy.sparse._sparsetools",
    ),
    ops=("matmul", "mm", "bmm", "dot", "mv", "addmm", "addmv", "baddbmm", "einsum", "linear"),
    syntax=("@",),
    label="@, dot, matmul, einsum, tensordot, inner",
)  # fmt: skip

MSE_LOSS = Rules(ops=("mse_loss",), calls=("mse_loss",), label="mse_loss")
SIGMOID = Rules(
    ops=("sigmoid", "special_expit"), calls=("scipy.special.expit",), label="torch.sigmoid, expit"
)
SOFTMAX = Rules(
    ops=(
        "softmax", "log_softmax", "_safe_softmax", "_masked_softmax", "_sparse_softmax",
        "_sparse_log_softmax", "cross_entropy_loss", "scaled_dot_product_attention",
        "_scaled_dot_product_flash_attention", "_scaled_dot_product_flash_attention_for_cpu",
        "_scaled_dot_product_efficient_attention", "_scaled_dot_product_cudnn_attention",
        "_scaled_dot_product_attention_math",
    ),
    calls=("scipy.special.softmax", "scipy.special.log_softmax"),
    label="softmax, log_softmax",
)  # fmt: skip
# With class probabilities the loss is dispatched as a log-softmax, hence the names as well.
CROSS_ENTROPY = Rules(
    ops=(
        "cross_entropy_loss", "nll_loss", "nll_loss_nd", "nll_loss_forward", "nll_loss2d",
        "nll_loss2d_forward",
    ),
    calls=("cross_entropy", "cross_entropy_loss", "nll_loss"),
    label="cross_entropy, nll_loss",
)  # fmt: skip

RELU = Rules(ops=("relu", "_addmm_activation"), label="relu")
LEAKY_RELU = Rules(ops=("leaky_relu",), label="leaky_relu")
ELU = Rules(ops=("elu", "selu", "celu"), label="elu")
SOFTPLUS = Rules(ops=("softplus",), label="softplus")
TANH = Rules(ops=("tanh",), label="tanh")

CONVOLVE1D = Rules(calls=("convolve", "scipy.signal"), label="np.convolve, scipy.signal")
CONVOLVE2D = Rules(calls=("scipy.signal", "scipy.ndimage"), label="scipy.signal, scipy.ndimage")
CONV2D = Rules(
    ops=(
        "convolution", "convolution_overrideable", "convolution_backward", "conv1d", "conv2d",
        "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "conv_tbc",
        "_convolution_mode", "cudnn_convolution", "cudnn_convolution_relu",
        "cudnn_convolution_transpose", "mkldnn_convolution", "miopen_convolution",
        "thnn_conv2d", "_slow_conv2d_forward", "_slow_conv2d_backward", "_conv_depthwise2d",
        "slow_conv_dilated2d", "slow_conv_transpose2d", "slow_conv3d",
        "_nnpack_spatial_convolution", "conv_depthwise3d",
    ),
    label="conv2d",
)  # fmt: skip
MAX_POOL = Rules(
    ops=(
        "max_pool1d", "max_pool1d_with_indices", "max_pool2d", "max_pool2d_with_indices",
        "max_pool2d_with_indices_backward", "max_pool2d_backward", "max_pool3d",
        "max_pool3d_with_indices", "adaptive_max_pool1d", "adaptive_max_pool2d",
        "adaptive_max_pool2d_backward", "adaptive_max_pool3d", "fractional_max_pool2d",
        "fractional_max_pool3d", "mkldnn_max_pool2d", "quantized_max_pool2d",
    ),
    label="max_pool2d",
)  # fmt: skip
AVG_POOL = Rules(
    ops=(
        "avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d", "adaptive_avg_pool2d",
        "adaptive_avg_pool3d", "mkldnn_adaptive_avg_pool2d",
    ),
    label="avg_pool2d",
)  # fmt: skip

LAYER_NORM = Rules(
    ops=("layer_norm", "native_layer_norm", "native_layer_norm_backward"), label="layer_norm"
)
BATCH_NORM = Rules(
    ops=(
        "batch_norm", "native_batch_norm", "_native_batch_norm_legit", "instance_norm",
        "_native_batch_norm_legit_no_training", "_batch_norm_with_update", "cudnn_batch_norm",
        "_batch_norm_no_update", "_batch_norm_impl_index", "miopen_batch_norm",
        "native_batch_norm_backward", "batch_norm_backward", "cudnn_batch_norm_backward",
    ),
    label="batch_norm",
)  # fmt: skip

RNN = Rules(
    calls=("torch.nn.RNN", "torch.nn.RNNCell", "rnn_tanh", "rnn_relu", "rnn_tanh_cell",
           "rnn_relu_cell"),
    label="nn.RNN",
)  # fmt: skip
RECURRENT = RNN | Rules(
    calls=("torch.nn.LSTM", "torch.nn.GRU", "torch.nn.LSTMCell", "torch.nn.GRUCell",
           "torch.nn.RNNBase", "lstm", "gru", "lstm_cell", "gru_cell", "mkldnn_rnn_layer",
           "_thnn_fused_lstm_cell", "_thnn_fused_gru_cell", "_cudnn_rnn"),
    label="nn.LSTM, nn.GRU and their cells",
)  # fmt: skip
ATTENTION = Rules(
    ops=(
        "scaled_dot_product_attention", "_scaled_dot_product_flash_attention",
        "_scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_efficient_attention",
        "_scaled_dot_product_cudnn_attention", "_scaled_dot_product_attention_math",
        "_native_multi_head_attention", "_transformer_encoder_layer_fwd",
    ),
    calls=("scaled_dot_product_attention", "multi_head_attention_forward",
           "_scaled_dot_product_attention_math", "torch.nn.MultiheadAttention",
           "torch.nn.Transformer", "torch.nn.modules.transformer", "torch.nn.attention"),
    label="scaled_dot_product_attention, nn.MultiheadAttention, nn.Transformer",
)  # fmt: skip
