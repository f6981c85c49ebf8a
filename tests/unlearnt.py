"""A model that has learnt nothing, for measures that should say so."""

from restyle.decoding.session import Session
from restyle.options import TransferOptions
from restyle.pipeline import Arranger
from restyle.report.run import Arrange


class Silence:
    """A network that has learnt nothing: it finds every token as likely as the next."""

    def get_inputs(self):
        """Keys and values are floats, for all that is known."""
        return []

    def io_binding(self):
        return self

    def run_with_iobinding(self, binding):
        """Leaves the logits at zero."""

    def bind_ortvalue_input(self, name, value):
        pass

    bind_ortvalue_output = bind_ortvalue_input


def untrained() -> Arrange:
    """It plays by the grammar alone: constraints and the chord would keep it in key, whatever it
    knows, and a critic would choose the least bad of its noise."""
    band = Arranger(threads=1)
    band.session = Session(Silence(), band.session.shape)

    def arrange(lead, target):
        return band.transfer(lead, TransferOptions(target, only=("grammar", "budget")))

    return arrange
