"""The command `sixpad`: the window, or one of the commands for people without a screen."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from sixpad import __version__
from sixpad.commands.console import (
    complain,
    drop_output,
    qt_needed,
    show_every_character,
)
from sixpad.commands.drawings_options import DRAWINGS_HELP, add_drawings
from sixpad.errors import SixpadError, WorkError

# Two BLAS threads on a busy machine collapse to a tenth of the speed of one. The libraries read
# this once, when NumPy is first imported: none of the imports above does that.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

FAILED, WRONG = 1, 2

DATA_HELP = """\
data SPEC:
  handwriting[:COUNT[:SEED]]   generated digits
  idx:PREFIX                   PREFIX-images-idx3-ubyte[.gz], PREFIX-labels-idx1-ubyte[.gz]
  unipen:FILE[.gz]             strokes of a pen
  images:DIR                   images in one folder for each class, 0 to 9
  drawings[:STORE]             your own drawings, or those of another store
  SPEC@SHARE                   the source's share of the whole, as in idx:mnist@0.5
"""
STATUS_HELP = "exit status: 0 done, 1 the work failed, 2 wrong usage or input"
EXPORT_HELP = """\
FILE.onnx   the network as an ONNX graph: images in, probabilities out (needs the extra “onnx”)
FILE.png    its weights as a picture; with --report the report
FILE.csv    its weights and biases as numbers, a row for each input, a column for each neuron
FILE.pdf    a report of one page: weights, scores on the data, confusion, training
"""
TRAIN_HELP = """\
A fifth of the data is kept back for validation before training begins. Ctrl-C ends the training
early: what was learned is saved and reported, with exit status 0. Training that diverges saves
nothing and has exit status 1.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (sys.argv without its first) and return the exit status."""
    show_every_character()
    try:
        status = _run(sys.argv[1:] if argv is None else argv)
        if sys.stdout:
            sys.stdout.flush()
        return status
    except SixpadError as error:
        complain(str(error))
        return FAILED if isinstance(error, WorkError) else WRONG
    except KeyboardInterrupt:
        complain("Interrupted.")
    except MemoryError:
        complain("There is not enough memory for this; choose less data.")
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        complain(f"Reading or writing failed ({error}).")
        drop_output()
    return FAILED


def _run(argv: Sequence[str]) -> int:
    arguments = _parser().parse_args(argv)
    if arguments.command is None:
        return _window()
    from sixpad.commands import drawings, evaluate, export, generate, info, predict, train

    commands = {
        "train": train.run,
        "evaluate": evaluate.run,
        "predict": predict.run,
        "drawings": drawings.run,
        "export": export.run,
        "generate": generate.run,
        "info": info.run,
    }
    return commands[arguments.command](arguments)


def _window() -> int:
    ways = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in ways):
        raise SixpadError(
            "There is no display; open the window on a virtual screen with “xvfb-run sixpad”, "
            "or use the commands train, evaluate and predict (see “sixpad --help”)."
        )
    with qt_needed():
        from sixpad.gui.app import run
    return run(["sixpad"])


class _Parser(argparse.ArgumentParser):
    """A parser that tells an error in one line."""

    def error(self, message: str) -> NoReturn:
        raise SixpadError(f"{message} (see “{self.prog} --help”)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sixpad",
        description="Draw a digit, train a neuron, watch its weights become a picture of it. "
        "Without a command it opens the window.",
        epilog=STATUS_HELP,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sixpad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, help_text: str, epilog: str = "") -> argparse.ArgumentParser:
        return _command(commands, name, help_text, epilog)

    _add_train(command("train", "train a network", f"{TRAIN_HELP}\n{DATA_HELP}\n"))
    evaluate = command("evaluate", "score a model on data", f"{DATA_HELP}\n")
    evaluate.add_argument("model", metavar="MODEL", help="a file that train has written")
    _add_data(evaluate)
    evaluate.add_argument(
        "--threshold", type=float, metavar="P", help="above which a single neuron says yes"
    )
    evaluate.add_argument("--wrong", metavar="DIR", help="write what it gets wrong as images")
    predict = command("predict", "say what images hold")
    predict.add_argument("model", metavar="MODEL", help="a file that train has written")
    predict.add_argument("images", metavar="IMAGE", nargs="+")
    _add_ink(predict)
    _add_export(
        command("export", "write a model for others to use", f"{EXPORT_HELP}\n{DATA_HELP}\n")
    )
    drawings = command("drawings", "keep and exchange your own drawings", f"{DRAWINGS_HELP}\n")
    add_drawings(drawings, _command)
    generate = command("generate", "write generated digits as images, in one folder for each class")
    generate.add_argument("--count", type=int, required=True, metavar="N", help="how many")
    generate.add_argument("--seed", type=int, default=0, metavar="S", help="default: %(default)s")
    generate.add_argument("--out", required=True, metavar="DIR", help="a new or empty folder")
    command("info", "tell the versions, the device and the folders")
    return parser


def _command(
    commands: Any, name: str, help_text: str, epilog: str = "", *, nested: bool = False
) -> argparse.ArgumentParser:
    """One more of `commands`, which argparse gives; `nested` where what is above has --json too."""
    added: argparse.ArgumentParser = commands.add_parser(
        name, help=help_text, description=help_text, epilog=epilog + STATUS_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    added.add_argument(
        "--json", action="store_true", help="JSON on standard output",
        default=argparse.SUPPRESS if nested else False,
    )  # fmt: skip
    return added


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a file that train has written")
    parser.add_argument("file", metavar="FILE", help="its ending says the format; see below")
    parser.add_argument("--report", action="store_true", help="as .png too, not only as .pdf")
    _add_data(parser, required=False)


def _add_data(parser: argparse.ArgumentParser, required: bool = True) -> None:
    parser.add_argument(
        "--data", action="append", required=required, metavar="SPEC",
        help="may be repeated; see below",
    )  # fmt: skip
    _add_ink(parser)


def _add_ink(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ink", choices=("dark", "light"), help="of grey images; default: found by the border"
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--model",
        default="one",
        metavar="NAME",
        help="one: a single neuron (default); ten: one for each digit; hidden: neurons between; "
        "conv: convolution before those",
    )
    add(
        "--layers",
        metavar="SIZES",
        help="of hidden and conv, before the last one; default: 128 and 5x5x12,3x3x24,96",
    )
    add("--digit", type=int, metavar="D", help="that a single neuron looks for; default: 6")
    _add_data(parser)
    preparation = parser.add_mutually_exclusive_group()
    preparation.add_argument(
        "--no-fit", action="store_true", help="use images as they are, not centred and fitted"
    )
    preparation.add_argument(
        "--deskew", action="store_true", help="set slanted writing upright before fitting it"
    )
    # The defaults of what is left out are those of the model's TrainingConfig, with NumPy in it.
    for option, kind, metavar, text in (
        ("--epochs", int, "N", "times through the training part"),
        ("--learning-rate", float, "R", "size of a step"),
        ("--schedule", str, "NAME", "of the learning rate: constant or falling"),
        ("--batch-size", int, "B", "examples that make one step"),
        ("--optimizer", str, "NAME", "gd, momentum or adam"),
        ("--loss", str, "NAME", "cross-entropy or squared-error"),
        ("--l2", float, "R", "weight of (l2/2)·‖W‖² in the loss"),
        ("--smoothing", float, "P", "share of the truth that is left to all answers alike"),
        ("--shift", int, "PIXELS", "that each example is moved by at the most, step by step"),
        ("--rotation", float, "DEGREES", "that each is turned by at the most, step by step"),
        ("--scale", float, "P", "share that each grows or shrinks by at the most, step by step"),
        ("--slant", float, "DEGREES", "that each is slanted by at the most, step by step"),
        ("--noise", float, "P", "share of the pixels that is turned over, step by step"),
        ("--dropout", float, "P", "share of the hidden neurons left out, step by step"),
        ("--seed", int, "S", "of the first weights and of the order of the examples"),
        ("--target-loss", float, "L", "stop when an epoch's training loss is as low"),
        ("--patience", int, "N", "stop N epochs after the best validation loss and keep the best"),
    ):
        add(option, type=kind, metavar=metavar, help=text, default=argparse.SUPPRESS)
    add("--new-digits", action="store_true", help="handwriting alone: new digits in every epoch")
    add("--device", choices=("auto", "cpu", "gpu"), default="auto", help="default: %(default)s")
    add("--out", metavar="FILE.safetensors", help="where to save the model")
