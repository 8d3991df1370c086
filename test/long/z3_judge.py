"""Answers each line of JSON, {"declarations": ..., "questions": [...]}, with a line: ["sat", "unsat", "unknown", ...]."""

import json
import sys

import z3


def by_solver(make, milliseconds):
    def ask(script):
        solver = make()
        solver.set("timeout", milliseconds)
        solver.from_string(script)
        return str(solver.check())

    return ask


def by_cases(milliseconds):
    """Splits the disjunctions first: one easy case that holds is enough."""

    def ask(script):
        goal = z3.Goal()
        goal.add(z3.parse_smt2_string(script))
        split = z3.Repeat(z3.OrElse(z3.Tactic("split-clause"), z3.Tactic("skip")))
        answers = set()
        for case in z3.Then("simplify", "nnf", split)(goal):
            solver = z3.SolverFor("QF_S")
            solver.set("timeout", milliseconds)
            solver.add(case.as_expr())
            answers.add(str(solver.check()))
            if "sat" in answers:
                return "sat"
        return "unknown" if "unknown" in answers else "unsat"

    return ask


# About one question in a thousand is hard for one way of asking and easy for another.
WAYS = [
    by_solver(lambda: z3.SolverFor("QF_S"), 1_000),
    by_cases(1_000),
    by_solver(z3.Solver, 8_000),
    by_solver(lambda: z3.SolverFor("QF_S"), 30_000),
    by_cases(10_000),
    by_solver(z3.Solver, 60_000),
]


def verdict(script):
    for way in WAYS:
        answer = way(script)
        if answer != "unknown":
            return answer
    return "unknown"


for line in sys.stdin:
    asked = json.loads(line)
    verdicts = [verdict(asked["declarations"] + question) for question in asked["questions"]]
    print(json.dumps(verdicts), flush=True)
