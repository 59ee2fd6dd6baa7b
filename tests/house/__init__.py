"""The rules of the house that no tool checks for us: sizes, words, clocks, logs, files, documents."""
