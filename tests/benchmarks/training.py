"""How fast the training is, beside what a person would use instead, in the same run.

    pip install '.[bench]'
    python tests/benchmarks/training.py [--models MODEL ...] [--threads N ...] [--repeats N]
                                        [--json FILE]

The work: 60,000 images, as they are prepared by default. They are real digits, tripled with shifts
of one pixel, where SIXPAD_REAL_DATA names a folder that has them; else generated ones. The peers
get them as float32 arrays, ready in memory. Every model of the default sizes, one neuron for the 6;
first with one BLAS thread each, then with two. Repeats are taken in turns; what else the machine
does shows in their spread. What sixpad asks of the C library for its memory, its peers have too, as
they run in one process. OPENBLAS_CORETYPE, where it is set, can slow OpenBLAS down: which kernels
it runs is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path
from statistics import median
from typing import Any

MODELS = ("one", "ten", "hidden", "conv")
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(measure(arguments.models, arguments.threads[0], arguments.repeats)))
        return
    reports = []
    for threads in arguments.threads:
        # The libraries read how many threads they may use once, at their import.
        surroundings = os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads))
        command = [sys.executable, __file__, "--part", "--threads", str(threads)]
        command += ["--repeats", str(arguments.repeats), "--models", *arguments.models]
        output = subprocess.check_output(command, env=surroundings, text=True)
        reports.append(json.loads(output))
        show(reports[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps(reports, indent=2) + "\n", encoding="utf-8")


def measure(models: list[str], threads: int, repeats: int) -> dict[str, Any]:
    """All figures for so many threads."""
    from epoch_rows import epochs, patience
    from examples import examples
    from machine import matrix_rate, read_bandwidth
    from simple_rows import convergence, full_gradient
    from threadpoolctl import threadpool_info

    warnings.filterwarnings("ignore")  # scikit-learn's, that 20 iterations are few
    images, labels, checked, source = examples()
    rate, bandwidth = matrix_rate(), read_bandwidth()
    timings = []
    for model in models:
        simple = model in ("one", "ten")
        if simple:
            timings += convergence(model, images, labels, checked, repeats)
        timings += epochs(model, images, labels, threads, repeats)
        if simple:
            timings += full_gradient(model, images, labels, rate, bandwidth, repeats)
        elif threads == 1:
            timings += patience(model, repeats)
    blas = {info.get("architecture") for info in threadpool_info()} - {None}
    return {
        "threads": threads,
        "data": source,
        "openblas": sorted(blas),
        "gflops": rate / 1e9,
        "gigabytes_per_second": bandwidth / 1e9,
        "rows": [
            {**timing._asdict(), "ratios": timing.ratios, "ratio": median(timing.ratios)}
            for timing in timings
        ],
    }


def show(report: dict[str, Any]) -> None:
    threads = report["threads"]
    print(
        f"{threads} BLAS thread{'s' if threads > 1 else ''} each, {report['data']}; "
        f"OpenBLAS runs its kernels for {', '.join(report['openblas'])}; "
        f"{report['gflops']:.0f} GFLOP/s, {report['gigabytes_per_second']:.0f} GB/s"
    )
    print(f"  {'what':<46} {'sixpad':>9} {'peer':>9}  {'peer / sixpad (spread)':<26} goal")
    for row in report["rows"]:
        ours, peer = median(row["ours"]), median(row["peers"])
        low, high = min(row["ratios"]), max(row["ratios"])
        ratio = f"{row['ratio']:.2f} ({low:.2f}–{high:.2f})"
        print(
            f"  {row['what']:<46} {words(ours):>9} {words(peer):>9}  {ratio:<26} "
            f"{row['goal']:g}  {row['peer']}{row['remark']}"
        )
    print()


def words(seconds: float) -> str:
    """A time in milliseconds, or in seconds where it is long."""
    return f"{1e3 * seconds:.1f} ms" if seconds < 10 else f"{seconds:.1f} s"


if __name__ == "__main__":
    main()
