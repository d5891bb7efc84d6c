"""Benchmarks: what reading, adapting and judging cost, against the least that anybody pays for the same bytes.

    model         the contract: workload, body, benchmark, task
    workloads/    what is read, ONE FILE each        definitions/  what is done with it, ONE FILE each
    pieces        text and arguments for workloads   bodies        workloads made ready in a dialect
    knowing       results held against the generator expected      digests on file (`expected.json`)
    running       a design driven over shared steps  clock         pytest-benchmark, a round at a time
    rounds        the order of rounds                counting      calls and memory, apart from the clock
    intervals     ratios and growth, with intervals  rows          timings to figures
    aims          what we aim for (`aims.toml`)      machine       what it ran on
    report        the output file                    comparing     two output files
    method        how it was done, in sentences      job           the whole

Needs the extra `bench` (orjson, psutil, pytest-benchmark). Adding a workload or a benchmark is one new file; then
`workbench bench --renew-digests` puts the digests of its results on file.

The output
----------
`build/bench/<date>.json` and `build/bench/latest.json` are one report (`narrowed.json` where `-k` was given);
`build/bench/pytest/` holds the same timings in pytest-benchmark's own form. `specs/schemas/bench.schema.json` is exact;
in words, every key being always there:

    format          1
    date            day of the run, UTC
    mode            short, full or narrowed
    command         what was typed
    workbench       version of this package
    seconds         wall time of the whole run
    machine         cpu, cores, memory_bytes, os, python, load_before, load_after (loads: number or null)
    versions        package to version: what the times depend on
    method          [{what, how}]: sentences about timer, order, garbage, ratio, interval, growth, memory, calls, digest
    workloads       [{id, title, explain}]
    bodies          [{id, workload, dialect (null: bare bytes), n, bytes, frames, deltas (0: bare bytes), digest}];
                    n is the number of pieces that was asked for
    benchmarks      [{id, title, explain, outside, group}]; outside: what the time leaves out;
                    group: floor, reading, design (costs of our ports) or harness
    rows            one for each case:
      benchmark, subject (design id, a variant such as "whole", or null), body (id)
      rounds, iterations (of the case in one round)
      median_s, min_s, q1_s, q3_s         seconds of CPU for one iteration
      us_per_delta (null: no deltas), us_per_frame          medians, microseconds of CPU
      ratio         {value, low, high} to floor-orjson on the same body; null for the floor itself and for bare bytes
      digest        of the result
      checked       ["generator"] or ["generator", "committed"]: what the result was held against
      python_calls, python_calls_per_frame    exact counts; null where not counted
      events        handed out by the design; null where there are none
      peak_bytes    tracemalloc, in a pass of its own; null where not looked at
    growth          [{benchmark, subject, workload, dialect, counts, us_per_delta, exponent {value, low, high}}];
                    counts are the sizes n; us_per_delta is per frame where there are no deltas
    aims            [{id, what, limit, unit, value, low, high, state}]; state: met, missed, undecided, not measured
    left_out        [{benchmark, subject, workload, dialect, reason}]: nothing is skipped in silence
    discarded       [{benchmark, subject, body, why}]: results that were wrong; their times do not count, exit code 1
"""
