"""Compare every chapter's outputs as other machines would compute them: older CPUs, other BLAS, more threads.

    python -m tools.portable                  all chapters, four settings: about 10 minutes
    python -m tools.portable chapters/07*     these chapters

The settings switch instruction sets off, so sums are formed in another order and last digits move. A chapter
whose printed numbers move with them should compute in float64 or print fewer digits. Figures are not compared
here: `make test` does that.
"""

import itertools
import os
import subprocess
import sys

import numpy as np

from tools import ROOT
from tools.refresh import ENVIRONMENT

# PyTorch's own kernels without vector instructions, and with those that nearly every machine has.
CAPABILITIES = ("default", "avx2")
THREADS = ("1", "2")
NEWER_THAN_AVX2 = {"X86_V4", "AVX512_ICL", "AVX512_SPR"}


def settings():
    """What the environment of each imitated machine sets."""
    # NumPy warns about a feature that this machine lacks, so only those it has are switched off.
    has = {name for name, found in np._core._multiarray_umath.__cpu_features__.items() if found}
    older = {
        "MKL_CBWR": "COMPATIBLE",
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": " ".join(sorted(NEWER_THAN_AVX2 & has)),
    }
    for capability, threads in itertools.product(CAPABILITIES, THREADS):
        count = {f"{library}_NUM_THREADS": threads for library in ("OMP", "MKL", "OPENBLAS")}
        yield older | count | {"ATEN_CPU_CAPABILITY": capability}


def main(chapters):
    failed = 0
    for machine in settings():
        print("\n" + " ".join(f"{name}={value!r}" for name, value in machine.items()), flush=True)
        # Two cores are busy either way: more threads than cores would wait for each other.
        processes = str(2 // int(machine["OMP_NUM_THREADS"]))
        command = [sys.executable, "-m", "pytest", "-q", "--numprocesses", processes, "--dist", "loadfile"]
        run = subprocess.run([*command, *chapters], cwd=ROOT, env=os.environ | ENVIRONMENT | machine)
        failed += run.returncode != 0
    print(f"\n{failed} settings differ" if failed else "\nthe same everywhere")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["chapters"]))
