"""Benchmarks of the suite: ``./registrar bench [name] [--students N] [--json FILE]``.

Each measures one operation as the suite does it, and a floor: the least work that gives
the same outcome on the same rows, mostly one hand-written statement. Where the results
can be compared, they are, and a difference is an error.

A number of students of your own replaces the two usual sizes.
"""

import argparse
import json
import sys
from pathlib import Path

import bench_class_groups
import bench_contingent
import bench_gpa
import bench_import_students
import bench_open_session
import bench_registration
import bench_study_plans
import bench_transcripts
from measure import Bench, format_header, format_result

BENCHES = {
    "study_plans": bench_study_plans,
    "registration": bench_registration,
    "class_groups": bench_class_groups,
    "gpa": bench_gpa,
    "open_session": bench_open_session,
    "transcripts": bench_transcripts,
    "import_students": bench_import_students,
    "contingent": bench_contingent,
}


def main(env, arguments):
    """Run the benchmarks in a database that has the suite and no students.

    :param list arguments: those of the command line
    :return: exit status, 1 when an aim is missed at the usual sizes
    """
    options = _parse(arguments)
    names = [options.name] if options.name else list(BENCHES)
    results = []
    print(format_header())
    for name in names:
        module = BENCHES[name]
        sizes = [options.students] if options.students else module.SIZES
        measured = []
        for size in sizes:
            bench = Bench(env, name, size)
            try:
                found = module.run(bench)
            finally:
                env.cr.rollback()
                env.invalidate_all()
                _vacuum(env)
            measured += found
            for result in found:
                print(format_result(result), flush=True)
        results += measured
    missed = _missed(results)
    for text in missed:
        print(f"missed: {text}")
    if options.json:
        content = {"results": [result.as_dict() for result in results]}
        Path(options.json).write_text(json.dumps(content, indent=2) + "\n")
    # The aims are set for the usual sizes; of few students chance tells more.
    return 1 if missed and not options.students else 0


def _vacuum(env):
    """Clear away the rows rolled back, as autovacuum does on a living server.

    The next size would otherwise wade through those of the last one.
    """
    with env.registry.cursor() as cr:
        cr._cnx.rollback()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE")
        cr._cnx.autocommit = False


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="registrar bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=list(BENCHES))
    parser.add_argument("--students", type=int, metavar="N")
    parser.add_argument("--json", metavar="FILE")
    try:
        return parser.parse_args(arguments)
    except SystemExit:
        # The shell that runs this would otherwise end without a message.
        sys.stdout.flush()
        raise


def _missed(results):
    """Return what falls short of the aims, also in growth from the small size."""
    missed = [text for result in results for text in result.missed()]
    by_name = {}
    for result in results:
        by_name.setdefault(result.name, []).append(result)
    for name, (first, *others) in by_name.items():
        for other in others:
            growth = other.seconds / first.seconds
            allowed = 1.1 * other.students / first.students
            if other.students > first.students and growth > allowed:
                missed.append(
                    f"{name}: {growth:.1f} times the time for "
                    f"{other.students / first.students:.0f} times the students"
                )
    return missed
