"""Answers each line of JSON, {"declarations": ..., "questions": [...]}, with a line: ["sat", "unsat", "unknown", ...]."""

import json
import sys

import z3


def verdict(declarations, assertions):
    solver = z3.Solver()
    solver.set("timeout", 120_000)
    solver.from_string(declarations + assertions)
    return str(solver.check())


for line in sys.stdin:
    asked = json.loads(line)
    verdicts = [verdict(asked["declarations"], question) for question in asked["questions"]]
    print(json.dumps(verdicts), flush=True)
