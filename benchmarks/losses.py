"""Time, memory and error of the mean NLL of float32 logits: nllutils against what else is there.

    python benchmarks/losses.py            four shapes, some minutes, 1.5 GB of memory
    python benchmarks/losses.py --quick    two small shapes, seconds

All ways run in one process, one after the other in each round, so that a busy machine slows all of them; the
CPU time (of all threads) hardly depends on what else runs. Memory is the growth of the peak resident set
(VmHWM, Linux) over one call in a process of its own. `exp in cache` is the time of the exponentials alone, of
one block that stays in cache; `exp of all` reads the logits from memory once, too: the limit. `exp and sum
of all` adds them up, too, which no way can do without.

PyTorch writes log-probabilities, as large as the logits, into fresh memory, and with many classes much of its
time is the page faults of that memory: `torch, output reused` shows how much.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time

import numpy as np

SHAPES = [(100_000, 10), (8192, 1000), (2048, 32_000), (512, 131_072)]
QUICK = [(20_000, 10), (1024, 1000)]
BLOCK = 2**16  # float32 numbers of the block for the limits: 256 KiB


def data(shape):
    rng = np.random.default_rng(0)
    return 3 * rng.standard_normal(shape, dtype=np.float32), rng.integers(0, shape[1], shape[0])


def ways(z, y):
    """Name of each way and a function for it; those that need a library import it here."""
    import scipy.special
    import sklearn.metrics
    import torch
    import torch.nn.functional as F

    from nllutils import losses

    rows = np.arange(len(y))
    tz, ty = torch.from_numpy(z), torch.from_numpy(y)
    flat = z.reshape(-1)
    block, kept = np.empty(BLOCK, np.float32), []

    def torch_loss(threads):
        def call():
            torch.set_num_threads(threads)
            return F.cross_entropy(tz, ty)

        return call

    def torch_reused():
        torch.set_num_threads(1)
        if not kept:
            kept.append(torch.empty_like(tz))
        return F.nll_loss(torch.log_softmax(tz, 1, out=kept[0]), ty)

    def plain_numpy():
        d = z - z.max(axis=1, keepdims=True)
        return -(d[rows, y] - np.log(np.exp(d).sum(axis=1))).mean(dtype=np.float64)

    def sklearn_loss():
        return sklearn.metrics.log_loss(y, scipy.special.softmax(z, axis=1), labels=range(z.shape[1]))

    def exp_in_cache():
        for start in range(0, flat.size, BLOCK):
            np.exp(flat[: min(BLOCK, flat.size - start)], out=block[: flat.size - start])

    def exp_of_all():
        for start in range(0, flat.size, BLOCK):
            np.exp(flat[start : start + BLOCK], out=block[: flat.size - start])

    def exp_and_sum_of_all():
        for start in range(0, flat.size, BLOCK):
            part = flat[start : start + BLOCK]
            np.einsum("i->", np.exp(part, out=block[: part.size]))

    return {
        "nllutils": lambda: losses.cross_entropy(z, y),
        "torch, 1 thread": torch_loss(1),
        "torch, 2 threads": torch_loss(2),
        "torch, output reused": torch_reused,
        "plain NumPy": plain_numpy,
        "SciPy": lambda: -scipy.special.log_softmax(z, axis=1)[rows, y].mean(dtype=np.float64),
        "scikit-learn": sklearn_loss,
        "exp in cache": exp_in_cache,
        "exp of all": exp_of_all,
        "exp and sum of all": exp_and_sum_of_all,
    }


def times(calls, rounds):
    """Milliseconds of each call in each round, by the clock and of CPU. Slow ways get three rounds."""
    clock, cpu = {name: [] for name in calls}, {name: [] for name in calls}
    for i in range(rounds):
        for name, call in calls.items():
            if i < 3 or cpu[name][0] < 1000:
                start, cpu_start = time.perf_counter(), time.process_time()
                call()
                cpu[name].append(1e3 * (time.process_time() - cpu_start))
                clock[name].append(1e3 * (time.perf_counter() - start))
    return clock, cpu


def row_errors(z, y):
    """Worst error of one row's loss: nllutils and PyTorch, against PyTorch in float64."""
    import torch
    import torch.nn.functional as F

    from nllutils import losses

    target = torch.from_numpy(y)
    truth = torch.cat(
        [F.cross_entropy(torch.from_numpy(z[i : i + 64]).double(), target[i : i + 64], reduction="none")
         for i in range(0, len(y), 64)]
    ).numpy()  # fmt: skip
    ours = losses.cross_entropy(z, y, reduction="none")
    theirs = F.cross_entropy(torch.from_numpy(z), target, reduction="none").numpy()
    return truth.mean(), np.abs(ours - truth).max(), np.abs(theirs - truth).max()


def peak_memory(shape, name):
    """MB that the resident set grows by at its peak during one call, in a process of its own."""
    if platform.system() != "Linux":
        return float("nan")
    command = [sys.executable, __file__, "--memory", name, *map(str, shape)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure_memory(shape, name):
    def status(key):
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1024

    ways(*data((8, 10)))[name]()  # imports and first calls are not the subject
    call = ways(*data(shape))[name]
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak starts anew
    before = status("VmRSS")
    call()
    print((status("VmHWM") - before) / 1e6)


def report(shape, rounds):
    z, y = data(shape)
    calls = ways(z, y)
    truth, ours, theirs = row_errors(z, y)
    clock, cpu = times(calls, rounds)
    cpu = {name: min(values) for name, values in cpu.items()}
    torch_cpu, torch_clock = cpu["torch, 1 thread"], statistics.median(clock["torch, 1 thread"])
    print(f"\n### {shape}, {z.nbytes / 1e6:.0f} MB of logits\n")
    print("| way | median ms | least CPU ms | x torch 1 thread: median, CPU | extra memory MB | error |")
    print("|---|---|---|---|---|---|")
    for name, call in calls.items():
        median = statistics.median(clock[name])
        ratios = f"{median / torch_clock:.2f}, {cpu[name] / torch_cpu:.2f}"
        row = f"| {name} | {median:.2f} | {cpu[name]:.2f} | {ratios} |"
        if name.startswith("exp"):
            print(row, "| |")
        else:
            print(row, f"{peak_memory(shape, name):.1f} | {abs(float(call()) - truth):.0e} |")
    print(f"\nWorst error of a row: nllutils {ours:.1e}, torch {theirs:.1e}. CPU time of nllutils:", end=" ")
    print(
        *(f"{cpu['nllutils'] / cpu[name]:.2f} x {name}" for name in cpu if "exp" in name),
        sep=", ",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two small shapes, few rounds")
    parser.add_argument("--memory", nargs=3, metavar=("WAY", "N", "C"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory:
        name, n, c = options.memory
        measure_memory((int(n), int(c)), name)
        return
    import torch

    print(f"NumPy {np.__version__}, torch {torch.__version__}, Python {platform.python_version()},", end=" ")
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for shape in QUICK if options.quick else SHAPES:
        report(shape, rounds=5 if options.quick else 15)


if __name__ == "__main__":
    main()
