"""Right answers to lecture 5's `Value` in other styles than the model answer's."""

import math

from grader.vocabulary import mistake


def _value(other, kind):
    return other if isinstance(other, kind) else kind(other)


@mistake("Value", "closures that each operation leaves behind, a set of children")
class ByClosures:
    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self.children = set(children)
        self.step = lambda: None

    def __add__(self, other):
        other = _value(other, ByClosures)
        out = ByClosures(self.data + other.data, (self, other))

        def step():
            self.grad += out.grad
            other.grad += out.grad

        out.step = step
        return out

    def __mul__(self, other):
        other = _value(other, ByClosures)
        out = ByClosures(self.data * other.data, (self, other))

        def step():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.step = step
        return out

    def of(self, value, slope):
        out = ByClosures(value, (self,))

        def step():
            self.grad += slope * out.grad

        out.step = step
        return out

    def __pow__(self, n):
        return self.of(self.data**n, n * self.data ** (n - 1))

    def exp(self):
        return self.of(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self.of(math.log(self.data), 1 / self.data)

    def tanh(self):
        return self.of(math.tanh(self.data), 1 - math.tanh(self.data) ** 2)

    def relu(self):
        return self.of(self.data if self.data > 0 else 0, 1 if self.data > 0 else 0)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return self * _value(other, ByClosures) ** -1

    def __rtruediv__(self, other):
        return other * self**-1

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], set()

        def build(node):
            if node not in seen:
                seen.add(node)
                for child in node.children:
                    build(child)
                order.append(node)

        build(self)
        self.grad = 1
        for node in order[::-1]:
            node.step()


@mistake("Value", "a tape: values are numbered as they are made, and visited from the last")
class ByTape:
    made = 0

    def __init__(self, data, *parents):
        self.data, self.grad, self.parents = float(data), 0.0, parents
        ByTape.made += 1
        self.number = ByTape.made

    def backward(self):
        import heapq

        self.grad, heap, waiting = 1.0, [(-self.number, self)], {self.number}
        while heap:
            _, node = heapq.heappop(heap)
            for parent, slope in node.parents:
                parent.grad += slope * node.grad
                if parent.number not in waiting:
                    waiting.add(parent.number)
                    heapq.heappush(heap, (-parent.number, parent))

    def __add__(self, o):
        o = _value(o, ByTape)
        return ByTape(self.data + o.data, (self, 1), (o, 1))

    def __sub__(self, o):
        o = _value(o, ByTape)
        return ByTape(self.data - o.data, (self, 1), (o, -1))

    def __mul__(self, o):
        o = _value(o, ByTape)
        return ByTape(self.data * o.data, (self, o.data), (o, self.data))

    def __truediv__(self, o):
        o = _value(o, ByTape)
        q = self.data / o.data
        return ByTape(q, (self, 1 / o.data), (o, -q / o.data))

    def __radd__(self, o):
        return ByTape(o) + self

    def __rsub__(self, o):
        return ByTape(o) - self

    def __rmul__(self, o):
        return ByTape(o) * self

    def __rtruediv__(self, o):
        return ByTape(o) / self

    def __neg__(self):
        return ByTape(-self.data, (self, -1))

    def __pow__(self, n):
        return ByTape(self.data**n, (self, n * self.data ** (n - 1)))

    def exp(self):
        e = math.exp(self.data)
        return ByTape(e, (self, e))

    def log(self):
        return ByTape(math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return ByTape(t, (self, (1 + t) * (1 - t)))

    def relu(self):
        return ByTape(max(0, self.data), (self, float(self.data > 0)))
