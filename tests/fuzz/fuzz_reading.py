"""The fuzz target: libFuzzer's options and corpus folders are its arguments (see run.py)."""

import sys
import warnings

import atheris

with atheris.instrument_imports(include=["mailbot.reading", "mailbot.sandbox.frames"]):
    from tests.fuzz.oracle import check

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
