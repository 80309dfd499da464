"""The commands of the command line, each with `run(arguments) -> exit status`."""
