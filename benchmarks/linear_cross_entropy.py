"""Memory and time of the loss over a large vocabulary, forward and backward, as a Markdown table.

    python benchmarks/linear_cross_entropy.py            1024 tokens, 256 features, 131,072 classes; minutes
    python benchmarks/linear_cross_entropy.py --quick    256 tokens, 64 features, 32,768 classes; a minute

The plain way makes the logits, a (tokens, classes) matrix, and the loss of them. The others call
`torch.nn.functional.linear_cross_entropy` (PyTorch 2.13 or later), which with `options` computes a few rows
of the logits at a time, and their gradients in the forward pass.

Every measurement is a process of its own, so no way finds memory that another one has left behind, and the
ways take turns, so a busy minute of the machine does not fall on one of them alone. Memory is by how much
the peak resident size grows during the call, gradients included. Times depend on the machine and on what else
it does: quote the ratios.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

PLAIN = "`cross_entropy(x @ W.T, y)`"
WAYS = {
    PLAIN: None,
    "`options=None`": None,
    "`batch_chunk_size=512`": {"batch_chunk_size": 512},
    "`batch_chunk_size=256`": {"batch_chunk_size": 256},
    "`batch_chunk_size=64`": {"batch_chunk_size": 64},
    "default options (`auto`)": {},
}


def make_call(way, rows, dim, classes):
    """The inputs, and a function of no arguments that returns the loss and both gradients."""
    import torch
    import torch.nn.functional as F

    torch.manual_seed(0)
    x = torch.randn(rows, dim, requires_grad=True)
    w = torch.empty(classes, dim).normal_(std=dim**-0.5).requires_grad_()  # no temporary that lifts the peak
    y = torch.randint(classes, (rows,))
    options = None if WAYS[way] is None else torch.nn.LinearCrossEntropyOptions(**WAYS[way])

    def call():
        if way == PLAIN:
            loss = F.cross_entropy(x @ w.T, y)
        else:
            loss = F.linear_cross_entropy(x, w, y, options=options)
        return loss, *torch.autograd.grad(loss, [x, w])

    return call


def peak_mib():
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def measure(way, size):
    """In this process: what one call adds to the peak, how long it takes, and what it finds."""
    import torch

    make_call(way, 2, 2, 4)()  # loads what PyTorch loads on first use
    call = make_call(way, *size)
    before, start = peak_mib(), time.perf_counter()
    loss, *gradients = call()
    seconds = time.perf_counter() - start
    return {
        "mib": peak_mib() - before,
        "seconds": seconds,
        "threads": torch.get_num_threads(),
        "found": [loss.item(), *(gradient.norm().item() for gradient in gradients)],
    }


def measure_in_fresh_process(way, size):
    command = [sys.executable, __file__, "--way", way, "--size", *map(str, size)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)


def check_same(runs):
    """A way that finds another loss or gradient is no way to compare."""
    expected = runs[PLAIN][0]["found"]
    for way, measured in runs.items():
        for run in measured:
            if any(abs(a - b) > 1e-4 * abs(b) for a, b in zip(run["found"], expected, strict=True)):
                raise SystemExit(f"{way} finds loss and gradient norms {run['found']}, not {expected}")


def table(runs):
    plain_mib, plain_seconds = summary(runs[PLAIN])
    yield "| way | peak, MiB | seconds, median (min) | memory / plain | time / plain |"
    yield "|---|---|---|---|---|"
    for way, measured in runs.items():
        mib, seconds = summary(measured)
        least = min(run["seconds"] for run in measured)
        ratios = f"{mib / plain_mib:.2f} | {seconds / plain_seconds:.2f}"
        yield f"| {way} | {mib:.0f} | {seconds:.2f} ({least:.2f}) | {ratios} |"


def summary(measured):
    return [statistics.median(run[key] for run in measured) for key in ("mib", "seconds")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, nargs=3, metavar=("TOKENS", "FEATURES", "CLASSES"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a small size")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)  # what the fresh processes are given
    arguments = parser.parse_args()
    size = arguments.size or ([256, 64, 32_768] if arguments.quick else [1024, 256, 131_072])
    if arguments.way:
        print(json.dumps(measure(arguments.way, size)))
        return
    runs = {way: [] for way in WAYS}
    for _ in range(arguments.repeats):
        for way, measured in runs.items():
            measured.append(measure_in_fresh_process(way, size))
    check_same(runs)
    rows, dim, classes = size
    print(f"{rows:,} tokens, {dim} features, {classes:,} classes, float32:", end=" ")
    print(f"the logits are {rows * classes * 4 / 2**20:,.0f} MiB; threads: {runs[PLAIN][0]['threads']}\n")
    print("\n".join(table(runs)))


if __name__ == "__main__":
    main()
