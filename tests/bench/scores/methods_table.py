#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every method on the demo set with its time a frame, as a Markdown table: the demo network, and one with DenseHybrid's head.

methods_table.py OODSCOPE_CLI [--network FILE] [--second-head FILE] [--set DIR] [--scenes N] [--bank N] [--runs N] [--threads N]

Each network is evaluated by every method that the program knows: `evaluate --method all`, then one by one those that it leaves out,
which run the network further or say why they cannot be had. What sml, mahalanobis and knn measure by is fitted on rendered scenes
of the demo network's training series, without anomalies and clutter, never on the set that is evaluated. Times are medians of
`bench --only overhead`. With --second-head both networks stand side by side, and a line says what the head gains. Logits are kept in
a temporary folder for the run: 60 MB a frame of the demo set with all passes.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile

DEMO = pathlib.Path(__file__).resolve().parents[3] / "resources/demo"
TRAINING_SEED = 4721  # of the scenes that the demo network learned from last, see resources/demo/README.md
RUNS_OF_BENCH = 10    # bench takes a tenth of its --runs where it runs the network
HYBRID, PARTS = "densehybrid", ("densehybrid-generative", "densehybrid-discriminative")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--network", type=pathlib.Path, default=DEMO / "model/erfnet_slim_demo.pth")
    parser.add_argument("--second-head", type=pathlib.Path, help="weights of a network with DenseHybrid's head")
    parser.add_argument("--set", default=str(DEMO / "set"))
    parser.add_argument("--scenes", type=int, default=24, help="rendered scenes to fit statistics on (default 24)")
    parser.add_argument("--bank", type=int, default=100_000, help="reference features of knn (default 100000)")
    parser.add_argument("--runs", type=int, default=24, help="timed runs of a method, 3 at least (default 24)")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    return parser.parse_args()


class Program:
    """The command line program on a number of threads."""

    def __init__(self, file, threads):
        self.file, self.threads = str(pathlib.Path(file).resolve()), threads
        self.environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}

    def run(self, *arguments, ends=(0,)):
        command = [self.file, *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode not in ends:
            raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.strip()}")
        return done


def method_names(program):
    """All methods, which the refusal of one that is none lists in menu order."""
    told = program.run("evaluate", "--set", ".", "--model", ".", "--method", "none-such", ends=(2,)).stderr
    names = re.search(r"is none of (.*?), nor one of them with", told)
    if not names:
        raise SystemExit(f"{program.file} evaluate --method none-such: expected the list of methods, found {told.strip()!r}")
    return names[1].split(", ")


def rows_of(done):
    return {row["method"]: row for row in json.loads(done.stdout)["rows"]}


def reason_of(done, network):
    """The words after 'not done: SET, NETWORK: ', without the file's path."""
    lines = [line for line in done.stderr.splitlines() if f"{network.name}: " in line]
    if not lines:
        raise SystemExit(f"evaluate: exit status {done.returncode} without a reason\n{done.stderr.strip()}")
    return re.sub(rf" \([^()]*{re.escape(network.name)}\)$", "", lines[-1].split(f"{network.name}: ", 1)[1])


class Measured:
    """What one network gives: a row a method that it serves, the reasons of the others, times in milliseconds."""

    def __init__(self, program, network, scenes, options):
        self.file, self.further, self.reasons = network, set(), {}
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            statistics, work = folder / "statistics.json", ("--threads", program.threads, "--cache-dir", folder / "cache")
            program.run("fit", "--set", scenes, "--model", network, "--output", statistics, "--bank", options.bank, *work)
            source = ("--set", options.set, "--model", network, "--statistics", statistics, "--format", "json", *work)
            self.rows = rows_of(program.run("evaluate", *source, "--method", "all"))
            if all(row["ap"] is None for row in self.rows.values()):
                raise SystemExit(f"{options.set}: expected frames with an anomaly and ground truth, found none")
            self.names = method_names(program)
            for name in self.names:
                if name not in self.rows:
                    self.add(name, program.run("evaluate", *source, "--method", name, ends=(0, 3)))
            timed = program.run("bench", *source, "--only", "overhead", "--runs", RUNS_OF_BENCH * options.runs)
        report = json.loads(timed.stdout)
        self.machine = report["machine"]
        self.times = {figure["figure"].removeprefix("overhead: "): figure["median"] for figure in report["figures"]}

    def add(self, name, done):
        if done.returncode == 0:
            self.rows.update(rows_of(done))
            self.further.add(name)
        else:
            self.reasons[name] = reason_of(done, self.file)

    def cells(self, name):
        if name not in self.rows:
            return ["–"] * 4
        whole = f"{self.times[f'network and {name}']:.0f}" if name in self.further else ""
        return [percent(self.rows[name]["ap"]), percent(self.rows[name]["fpr95"]), f"{self.times[name]:.2f}", whole]

    def best(self):
        return max(self.rows, key=lambda name: self.rows[name]["ap"])

    def pair(self, name):
        return f"{percent(self.rows[name]['ap'])} / {percent(self.rows[name]['fpr95'])}"


def percent(share):
    return "–" if share is None else f"{100 * share:.2f}"


def head_line(networks, options):
    machine, row = networks[0].machine, next(iter(networks[0].rows.values()))
    alone = ", ".join(f"{letter} ({network.file.name}) {network.times['network alone']:.0f} ms"
                      for letter, network in zip("AB", networks))
    return (f"AP and FPR95 in percent, {row['protocol']} protocol, {row['frames']} frames, T = 1; ms a frame, medians of {options.runs} "
            f"runs, {machine['processor']}, threads: {machine['threads']}. Network alone: {alone}. *ms*: the score, with the network's "
            f"further passes where there are any; then *all* is with the network, too. sml, mahalanobis and knn: fitted on "
            f"{options.scenes} rendered scenes, {options.bank} reference features.\n")


def table_lines(networks):
    columns = [f"{letter}: {column}" for letter, _ in zip("AB", networks) for column in ("AP", "FPR95", "ms", "all")]
    yield "| method | " + " | ".join(columns) + " |"
    yield "|---|" + "---:|" * len(columns)
    for name in networks[0].names:
        if any(name in network.rows for network in networks):
            yield f"| {name} | " + " | ".join(cell for network in networks for cell in network.cells(name)) + " |"
    yield ""


def reason_lines(networks):
    grouped = {}
    for letter, network in zip("AB", networks):
        for name, reason in network.reasons.items():
            grouped.setdefault((letter, reason), []).append(name)
    for (letter, reason), names in grouped.items():
        yield f"- Not served by {letter}: {', '.join(names)} ({reason})"


def gain_line(one, two):
    """The hybrid score against the best of the network with one head, and against its own parts: AP / FPR95."""
    if HYBRID not in two.rows:
        raise SystemExit(f"{two.file}: {two.reasons[HYBRID]}")
    rivals = [("A's best, " + one.best(), one, one.best()), *((f"its part {name}", two, name) for name in PARTS)]

    def against(title, network, name):
        ap, fpr95 = (100 * (two.rows[HYBRID][key] - network.rows[name][key]) for key in ("ap", "fpr95"))
        return f"{title} ({network.pair(name)}): {ap:+.2f} / {fpr95:+.2f}"

    return (f"\nWhat the second head gains: {HYBRID} has AP / FPR95 {two.pair(HYBRID)}; against "
            + "; against ".join(against(*rival) for rival in rivals) + f". B's best is {two.best()} ({two.pair(two.best())}).")


def main():
    options = parsed()
    files = [options.network] + ([options.second_head] if options.second_head else [])
    for file in files:
        if not file.is_file():
            raise SystemExit(f"no such network: {file}")
    if options.runs < 3:
        raise SystemExit(f"--runs: expected 3 at least, found {options.runs}")
    program = Program(options.program, options.threads)
    with tempfile.TemporaryDirectory() as folder:
        scenes = pathlib.Path(folder) / "scenes"
        program.run("demo", "generate", "--seed", TRAINING_SEED, "--frames", options.scenes, "--no-anomalies", "--output", scenes)
        networks = [Measured(program, file, scenes, options) for file in files]
    print(head_line(networks, options))
    for line in (*table_lines(networks), *reason_lines(networks)):
        print(line)
    if len(networks) > 1:
        print(gain_line(*networks))


if __name__ == "__main__":
    main()
