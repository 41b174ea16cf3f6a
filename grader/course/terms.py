from dataclasses import dataclass
@dataclass(frozen=True)
class Term:
    english: str
    chinese: str
    avoided: tuple = ()
    seeds: str = ""
def load_terms(path):
    return ()
def misnamed(text, terms):
    return ()
