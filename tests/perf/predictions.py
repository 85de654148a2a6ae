#!/usr/bin/env python3
"""How close `rlxc plan` comes to `rlx bench`: one token at a time, and a prompt.

In: the folder of the programs, a model, its artifact (built with the same options). Out: a line for
each work of each pair and the medians of plan / bench, as Markdown. A pair is one `rlx bench`
between two `rlxc plan --machine=measured`. "read given" is the plan from the higher of their peaks
and the reads that stand around each repetition of bench, so it is free of what happens to memory
from one process to the next; "measured" is the mean of the two plans as they stand.

--keep=FILE appends what was measured, --again=FILE plans for that instead of measuring: so a change
of constants is seen at once. PERF_ALONE is a command to run each pair under (a lock, where others
use the machine).
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys

WORDS = ("int8", "bf16", "f32", "barrier")


def output_of(command):
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def plan(options, machine, depth):
    command = [os.path.join(options.programs, "rlxc"), "plan", options.model, "--json", "-q",
               f"--machine={machine}", f"--threads={options.threads}", f"--depth={depth}"]
    return output_of(command + options.build)


def measure_pair(options):
    """The plan before, the bench, the plan after."""
    bench = [os.path.join(options.programs, "rlx"), "bench", options.artifact, "--json",
             f"-p{options.prompt}", f"-n{options.new_tokens}", f"-t{options.threads}",
             f"-r{options.repetitions}"]
    depth = options.new_tokens // 2
    return [plan(options, "measured", depth), output_of(bench), plan(options, "measured", depth)]


def speed(planned, variant):
    """Tokens a second of the first level's variant."""
    return next(v["tokens_per_second"] for v in planned["variants"] if v["variant"] == variant)


def compare(options, plans, work):
    """One work of bench with both plans, and with what they say of bench's own reads."""
    decodes = work["work"] == "decode"
    variant = "decode-b1-s1" if decodes else f"prefill-b1-s{options.prompt}"
    machines = [p["machine"] for p in plans]
    words = ",".join(f"{w}={max(m[w] for m in machines)}" for w in WORDS)
    rates = work["tokens_per_second"]
    reads = [read / 1e9 for read in work["read_bytes_per_second"]]
    given = [speed(plan(options, f"{words},read={read},threads={options.threads}",
                        options.new_tokens // 2 if decodes else 0), variant) / rate
             for read, rate in zip(reads, rates)]
    measured = statistics.mean(speed(p, variant) for p in plans) / statistics.median(rates)
    print(f"| {work['work']} | {machines[0]['read']:.1f} {statistics.median(reads):.1f} "
          f"{machines[1]['read']:.1f} | {machines[0]['int8']:.0f} {machines[1]['int8']:.0f} "
          f"| {statistics.median(rates):.1f} | {statistics.median(given):.2f} | {measured:.2f} |",
          flush=True)
    return statistics.median(given), measured


def pairs_of(options):
    if options.again:
        with open(options.again, encoding="utf-8") as file:
            yield from map(json.loads, file)
        return
    alone = shlex.split(os.environ.get("PERF_ALONE", ""))
    for _ in range(options.pairs):
        pair = output_of(alone + [sys.executable, __file__, "--once"] + sys.argv[1:])
        if options.keep:
            with open(options.keep, "a", encoding="utf-8") as file:
                file.write(json.dumps(pair) + "\n")
        yield pair


def print_pairs(options):
    ratios = {}
    print("| work | read: plan, bench, plan (GB/s) | int8: plan, plan (GOP/s) | bench (tokens/s) "
          "| plan / bench, read given | measured |\n|---|---|---|---|---|---|")
    for before, bench, after in pairs_of(options):
        for work in bench["works"]:
            ratios.setdefault(work["work"], []).append(compare(options, (before, after), work))
    for name, pairs in ratios.items():
        given, measured = (statistics.median(column) for column in zip(*pairs))
        print(f"\n{os.path.basename(options.model)}, {options.threads} threads, {name}: median "
              f"{given:.3f} with bench's reads, {measured:.3f} measured ({len(pairs)} pairs)")


def main():
    parser = argparse.ArgumentParser(description="rlxc plan against rlx bench")
    parser.add_argument("programs")
    parser.add_argument("model")
    parser.add_argument("artifact")
    parser.add_argument("build", nargs="*", help="options of the build, after --")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--new-tokens", type=int, default=24)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--keep", metavar="FILE")
    parser.add_argument("--again", metavar="FILE")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(measure_pair(options)))
    else:
        print_pairs(options)


main()
