"""The command line: runs the command that the words name, and says one sentence on failure.

Exit codes: 0 done; 1 looked and found something wrong (`camera test`, `doctor`); 2 wrong input; 3 cannot start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tmcwall.command_runs import CHILD_PROCESSES, language_of_environment
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.source import redact
from tmcwall.grammar import Grammar, NotUnderstood
from tmcwall.private_files import keep_new_files_private
from tmcwall.system_libraries import missing_library
from tmcwall.texts import Language, Translator
from tmcwall.texts import commandline as say

WRONG_INPUT = 2
CANNOT_START = 3

_DESKTOP_LIBRARIES = frozenset({
    "PySide6", "av", "cv2", "docx", "docxtpl", "jinja2", "keyring", "lxml", "miniaudio", "numpy", "openpyxl", "pyhanko",
    "rdocx", "wakepy",
})  # fmt: skip
"""What a machine that is only a server does not have (the extra `desktop`)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    keep_new_files_private()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in CHILD_PROCESSES:
        return CHILD_PROCESSES[words[0]](words[1:])
    translator = Translator(_language(words))
    if not words or (words[0].startswith("-") and words[0] not in {"-h", "--help", "--version"}):
        words.insert(0, "run")
    try:
        command, options = Grammar(translator).parse(words)
        return command(options)
    except NotUnderstood as problem:
        mistake = say.mistake_text(redact(problem.message), translator)
        sentence = translator(say.NOT_UNDERSTOOD, message=mistake, command=problem.command)
        return _say_failure(sentence, WRONG_INPUT)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _DESKTOP_LIBRARIES:
            raise
        return _fail(translator, Fault(FaultCode.COMPONENT_MISSING, 'pip install "tmcwall[desktop]"'), CANNOT_START)
    except ImportError as error:
        lacking = missing_library(error)
        if lacking is None:
            raise
        return _fail(translator, lacking, CANNOT_START)
    except DomainError as error:
        return _fail(translator, error, WRONG_INPUT)
    except Fault as fault:
        return _fail(translator, fault, CANNOT_START)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _fail(translator: Translator, problem: DomainError | Fault, code: int) -> int:
    from tmcwall.texts.faults import explain

    return _say_failure(explain(problem, translator), code)


def _say_failure(sentence: str, code: int) -> int:
    print(f"tmcwall: {sentence}", file=sys.stderr)
    return code


def _language(words: Sequence[str]) -> Language:
    """The language before anything is parsed, so that a parsing error can be said in it."""
    for index, word in enumerate(words):
        value = words[index + 1] if word == "--lang" and index + 1 < len(words) else word.removeprefix("--lang=")
        if value in set(Language) and (word == "--lang" or word.startswith("--lang=")):
            return Language(value)
    return language_of_environment()
