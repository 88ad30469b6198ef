"""How laws and source files are written in an explanation."""

from __future__ import annotations

import re

from bench.analysis.evidence.exact_counts import ExactGrowth
from bench.domain.findings.evidence import CodeLocation
from bench.domain.findings.explanation import ExactGrowthFinding, FunctionFinding

_INSTALLED = re.compile(r".*/(?:site-packages|dist-packages|lib/python\d+\.\d+)/")


def law_finding(law: ExactGrowth) -> ExactGrowthFinding:
    """``law`` as a finding."""
    return ExactGrowthFinding(kind=law.kind, text=law.text(), order=law.order)


def function_finding(function: CodeLocation) -> FunctionFinding:
    """``function`` as a finding."""
    return FunctionFinding(name=function.name, file=short_file(function.file), line=function.line)


def short_file(file: str) -> str:
    """``keras/src/models/sequential.py`` of a package, ``inspect.py`` of Python itself."""
    return _INSTALLED.sub("", file)
