"""The same gradient steps by PyTorch on the GPU: eager, compiled, and as a CUDA graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

torch: Any = None
reason = ""
try:
    import torch
except ImportError as error:
    reason = f"it cannot be imported ({error})"
else:
    if not torch.cuda.is_available():
        torch, reason = None, "it sees no GPU"

Steps = Callable[[int], None]
Forward = Callable[[Any, Any], Any]
Make = Callable[[NDArray[np.uint8], NDArray[Any], int, int, float], Steps]


class Setting:
    """The images as floats on the GPU, their truths, and the parameters, all zero."""

    def __init__(
        self, images: NDArray[np.uint8], truths: NDArray[Any], batch_size: int, outputs: int
    ) -> None:
        torch.backends.cuda.matmul.allow_tf32 = False
        self.X = torch.as_tensor(images, device="cuda").float()
        truth = torch.as_tensor(np.ascontiguousarray(truths), device="cuda")
        self.t = truth.float()[:, None] if outputs == 1 else truth.long()
        self.W = torch.zeros(images.shape[1], outputs, device="cuda", requires_grad=True)
        self.b = torch.zeros(outputs, device="cuda", requires_grad=True)
        self.size, self.batches = batch_size, len(images) // batch_size
        functional = torch.nn.functional
        self.loss = (
            functional.binary_cross_entropy_with_logits
            if outputs == 1
            else functional.cross_entropy
        )

    def batch(self, step: int) -> tuple[Any, Any]:
        begin = step % self.batches * self.size
        return self.X[begin : begin + self.size], self.t[begin : begin + self.size]

    def forward(self, X: Any, t: Any) -> Any:
        return self.loss(X @ self.W + self.b, t)


def optimized(setting: Setting, forward: Forward, rate: float) -> Steps:
    """As it is written down: forward, backward, torch.optim.SGD."""
    optimizer = torch.optim.SGD([setting.W, setting.b], lr=rate)

    def steps(count: int) -> None:
        for step in range(count):
            optimizer.zero_grad(set_to_none=True)
            forward(*setting.batch(step)).backward()
            optimizer.step()
        torch.cuda.synchronize()

    return steps


def captured(setting: Setting, forward: Forward, rate: float) -> Steps:
    """A whole step captured once and replayed; a batch is copied to where the graph reads it."""
    optimizer = torch.optim.SGD([setting.W, setting.b], lr=rate)
    X, t = setting.batch(0)
    if setting.batches > 1:
        X, t = X.clone(), t.clone()

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        forward(X, t).backward()
        optimizer.step()

    # As PyTorch's notes on CUDA graphs have it: warm up on another stream, then capture.
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    captured_step = torch.cuda.CUDAGraph()
    optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(captured_step):
        step()

    def steps(count: int) -> None:
        for number in range(count):
            if setting.batches > 1:
                next_X, next_t = setting.batch(number)
                X.copy_(next_X)
                t.copy_(next_t)
            captured_step.replay()
        torch.cuda.synchronize()

    return steps


def way(steps_of: Callable[[Setting, Forward, float], Steps], compiled: bool) -> Make:
    """Steps of that kind, with forward and backward through torch.compile or as they stand."""

    def make(
        images: NDArray[np.uint8], truths: NDArray[Any], batch_size: int, outputs: int, rate: float
    ) -> Steps:
        setting = Setting(images, truths, batch_size, outputs)
        forward = torch.compile(setting.forward) if compiled else setting.forward
        return steps_of(setting, forward, rate)

    return make


WAYS: dict[str, Make] = {
    "PyTorch, eager": way(optimized, compiled=False),
    "PyTorch, compiled": way(optimized, compiled=True),
    "PyTorch, graph": way(captured, compiled=False),
    "PyTorch, compiled graph": way(captured, compiled=True),
}


def bfloat16_products(side: int) -> Steps:
    """Products of square matrices in bfloat16."""
    left = torch.ones(side, side, device="cuda", dtype=torch.bfloat16)

    def steps(count: int) -> None:
        for _ in range(count):
            torch.mm(left, left)
        torch.cuda.synchronize()

    return steps


def free() -> None:
    """Give back what the last steps held."""
    torch.cuda.empty_cache()
