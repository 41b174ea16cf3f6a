"""What validation found, as plain data for the renderers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Complaint(_Record):
    """Something that does not hold: which proof, of what, and how it fails."""

    proof: str
    subject: str
    reason: str


class Validation(_Record):
    """One assignment's proofs: how many were made, and what failed."""

    assignment: str
    exercises: int
    groups: int
    cases: int
    seeds: int
    mistakes: int
    hinted: int
    refused: int
    """Short cuts through libraries that are forbidden, as they must be."""
    figures: int
    gradients: int
    followed: int
    mutants: int
    killed: int
    equivalent: int
    lines: int
    """Mutants whose line carries a hint."""
    told: int
    """Those of them that earn it, or that of a mistake or relation that is true of them, too."""
    texts: int
    """What students read, once for each language beside the original's."""
    translated: int
    seconds: float
    complaints: tuple[Complaint, ...]

    @property
    def holds(self) -> bool:
        """Whether every proof held."""
        return not self.complaints
