"""The order in which pages show what is said of a thing, and what it is called there: as the shapes of its classes say.

SHACL section 2.3.2: ``sh:order``, ``sh:group`` and ``sh:name`` of property shapes are for those who show the data.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from metropolis_kg.content import Content
from metropolis_kg.publication.class_shapes import ClassShape, PropertyShape, ShapeGroup, read_class_shapes

CONTENT = "group-content"
"""The group of what makes up a thing; pages show it first, and with it what no shape mentions."""

NAMING = "group-naming"
"""The group of what a thing is called."""

_UNNAMED = ShapeGroup(CONTENT, order=1)
_AFTER_ALL = 1_000


class ShapeOrder:
    """What the shapes say of how to show things."""

    def __init__(self, shapes: Iterable[ClassShape] = ()) -> None:
        """``shapes`` are those of classes; of several that fit a thing, the one that says more comes first."""
        self._shapes = sorted(shapes, key=lambda shape: (-len(shape.properties), shape.name))
        self._of_classes = lru_cache(maxsize=1024)(self._merged)

    def of(self, classes: Iterable[str]) -> Mapping[str, PropertyShape]:
        """Return IRI of property → what the shapes for a thing of these classes say of it."""
        return self._of_classes(frozenset(classes))

    def essential(self, classes: Iterable[str]) -> list[str]:
        """Return the properties without which a thing is none of its class, in order; those of a class above aside."""
        named = frozenset(classes)
        shape = next((each for each in self._shapes if named.intersection(each.classes)), None)
        found = [each for each in shape.properties if each.path in shape.own] if shape else []
        essential = [each for each in found if each.least and each.group.name == CONTENT]
        return [each.path for each in sorted(essential, key=place_of)]

    def _merged(self, classes: frozenset[str]) -> Mapping[str, PropertyShape]:
        found: dict[str, PropertyShape] = {}
        for shape in self._shapes:
            if classes.intersection(shape.classes):
                for each in shape.properties:
                    found.setdefault(each.path, each)
        return found


NO_ORDER = ShapeOrder()


@lru_cache(maxsize=8)
def shape_order_of(content: Content, base: str) -> ShapeOrder:
    """Return what the shapes of ``content`` say, with IRIs under ``base``. Raises ContentError."""
    return ShapeOrder(read_class_shapes(content, base))


def group_of(shape: PropertyShape | None) -> ShapeGroup:
    """Return the group of a property; of one that no shape mentions, that of what makes up a thing."""
    return shape.group if shape and shape.group.name else _UNNAMED


def place_of(shape: PropertyShape | None) -> float:
    """Return where a property stands in its group; what no shape mentions comes after all that they mention."""
    return shape.order if shape else _AFTER_ALL
