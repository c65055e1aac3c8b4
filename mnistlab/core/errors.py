"""Errors, each with a problem and a remedy to show to a student."""


class MnistlabError(Exception):
    """An error that a page shows as it is: what was wrong, then what to do.

    Args:
        problem: One sentence that names the value and the rule it breaks.
        remedy: One sentence that says what to do about it.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type["MnistlabError"], tuple[str, ...]]:
        # Exceptions come back from a worker process by pickle, which would
        # otherwise call the class with the joined message alone.
        return type(self), (self.problem, self.remedy)


class ConfigError(MnistlabError):
    """A setting, or two settings together, are not what they may be.

    Args:
        setting: The setting's name, as in the URL.
        problem: One sentence that names the value and the rule it breaks.
        remedy: One sentence that says what to do about it.
    """

    def __init__(self, setting: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.setting = setting

    def __reduce__(self) -> tuple[type[MnistlabError], tuple[str, ...]]:
        return type(self), (self.setting, self.problem, self.remedy)


class UnreadableConfigError(MnistlabError):
    """Stored settings that are damaged, or were saved by a newer version of mnistlab."""


class DataError(MnistlabError):
    """The bundled files, or the folder that MNIST is unpacked into, can't be used."""


class PictureError(MnistlabError):
    """A picture that can't be made into a 28×28 digit."""


class HandwritingError(MnistlabError):
    """Labelled drawings, or a file of them, that are not what they may be."""


class StoreError(MnistlabError):
    """Runs can't be kept or read."""


class NotFoundError(StoreError):
    """No lab or run of that name."""


class UnreadableRunError(NotFoundError):
    """A run that is there, but that this version of mnistlab can't read."""


class UnstorableError(StoreError):
    """The database works but refuses what it is given, and will refuse it again."""


class EngineError(MnistlabError):
    """The training process can't be started or reached."""


class WorkerDiedError(EngineError):
    """The process that trained a run was killed, each time it was tried."""
