"""Notebooks as students hand them in, and what damages them."""

import json
from typing import Any

ASSIGNMENT = "lec05_backprop"
ANSWER = "def affine(a, w):\n    return a @ w"


def code(source: str | list[str], **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **more}


def notebook(*cells: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    return {**head, "cells": list(cells or (code(ANSWER),)), **more}


def payload(*cells: dict[str, Any], **more: Any) -> bytes:
    return json.dumps(notebook(*cells, **more), indent=1).encode()


GOOD = payload()
