"""A network that reads a text letter by letter, and writes on."""

import json
from pathlib import Path

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float, Int
from mlx.utils import tree_unflatten

from snippets.austen import novel, numbered


class Reader(nn.Module):
    """A recurrent layer over one-hot letters, and a layer for the logits of the next one."""

    def __init__(self, V, layer):
        super().__init__()
        self.layer = layer
        self.out = nn.Linear(layer.hidden_size, V)
        self._one_hot = mx.eye(V)

    def __call__(self, x):
        return self.out(self.layer(self._one_hot[x]))


def short_training():
    """Thirty updates of a small recurrent network: does it beat guessing?

    >>> letters, text = numbered(novel())
    >>> mx.random.seed(0)
    >>> model = Reader(len(letters), nn.RNN(len(letters), 32))
    >>> optimizer = optim.Adam(learning_rate=0.01, bias_correction=True)
    >>> loss_and_grad = nn.value_and_grad(
    ...     model, lambda x, y: nn.losses.cross_entropy(model(x), y, reduction="mean")
    ... )
    >>> losses = []
    >>> for update in range(30):
    ...     starts = mx.random.randint(0, len(text) - 17, (16, 1))
    ...     places = starts + mx.arange(16)  # (16, 16)
    ...     loss, grads = loss_and_grad(text[places], text[places + 1])
    ...     grads, norm = optim.clip_grad_norm(grads, max_norm=1.0)
    ...     optimizer.update(model, grads)
    ...     mx.eval(model.parameters(), optimizer.state)
    ...     losses.append(loss.item())
    >>> print(losses[0] > 3.4, losses[-1] < 3.1)
    True True
    """


def kept():
    """Losses of two trainings, on what was seen and on what was held out, and the best of pairs.

    >>> record = json.loads(Path("data/austen.json").read_text("utf-8"))
    >>> date, epochs = record["date"], record["LSTM"]["updates"]
    >>> curves = {name: record[name]["held_out"] for name in ("RNN", "LSTM")}
    >>> for name in curves:
    ...     seen, held_out = record[name]["train"][-1], record[name]["held_out"][-1]
    ...     print(f"{name:4}  {seen:.2f}  {held_out:.2f}")
    RNN   1.44  1.94
    LSTM  1.34  1.86
    >>> letters, text = numbered(novel())
    >>> C = mx.zeros((len(letters), len(letters))).at[text[:-1], text[1:]].add(1)
    >>> shares = mx.maximum(C / C.sum(axis=1, keepdims=True), 1e-9)
    >>> reference = (-(C * mx.log(shares)).sum() / C.sum()).item()
    >>> print(f"pairs  {reference:.2f}")
    pairs  2.34
    """


def trained() -> tuple[str, nn.LSTM, nn.Linear]:
    """The letters, the layer and the output of the kept training.

    >>> letters, layer, out = trained()
    >>> print(layer.Wx.shape, layer.Wh.shape, out.weight.shape)
    (384, 36) (384, 96) (36, 96)
    """
    letters, text = numbered(novel())
    weights = dict(mx.load("data/austen.npz"))
    layer, out = nn.LSTM(len(letters), 96), nn.Linear(96, len(letters))
    for module, name in ((layer, "layer."), (out, "out.")):
        module.update({
            key.removeprefix(name): value.astype(mx.float32)
            for key, value in weights.items() if key.startswith(name)
        })
    return letters, layer, out


def write(begin: str, n: int, temperature: float) -> str:
    """A text of n more letters: each is drawn from the model's probabilities, and read in turn.

    >>> mx.random.seed(0)
    >>> text = write("it is ", 20, temperature=0.5)
    >>> print(len(text), set(text) <= set(novel()))
    26 True
    """
    letters, layer, out = trained()
    one_hot, states, cells = mx.eye(len(letters)), [None], [None]
    text, read = begin, begin
    for _ in range(n):
        x = one_hot[mx.array([letters.index(letter) for letter in read])]
        states, cells = layer(x, states[-1], cells[-1])
        logits = out(states[-1]) / temperature
        read = letters[mx.random.categorical(logits).item()]
        text += read
    return text


def samples():
    """Three texts from the kept model, cold, warm and hot.

    >>> mx.random.seed(0)
    >>> cold, warm, hot = (write("mr. bennet ", 160, T) for T in (0.3, 0.7, 1.2))
    >>> print(all(set(text) <= set(novel()) for text in (cold, warm, hot)))
    True
    """
