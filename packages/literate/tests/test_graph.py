"""Computation graphs: every number once, both ways on each edge, nothing over anything else."""

import html
import itertools
import json
import re

import pytest
from drawings import GRAPH, box, css_of, draw, lanes, overlap, parts, quantities


def test_graph_holds_every_number_once():
    for picture in parts(draw("graph", GRAPH)):
        told = quantities(picture)
        for node in GRAPH["nodes"]:
            assert float(told[node["name"]].get("data-value")) == node["value"]
            assert float(told[f"dL_d{node['name']}"].get("data-value")) == node["grad"]
        for edge in GRAPH["edges"]:
            assert float(told[f"d{edge['to']}_d{edge['from']}"].get("data-value")) == edge["local"]


def test_graph_goes_forward_and_back_on_every_edge():
    for size, picture in enumerate(parts(draw("graph", GRAPH))):
        found = {(name, css): line for name, css, line in lanes(picture)}
        for edge in GRAPH["edges"]:
            name = f"{edge['from']}-{edge['to']}"
            (a, b), (c, d) = found[name, "tp-fwd"], found[name, "tp-bwd"]
            assert a[size] < b[size] and c[size] != d[size], "right, or down"


def test_graph_boxes_and_chips_do_not_touch():
    for picture in parts(draw("graph", GRAPH)):
        boxes = [box(r) for r in picture.iter("rect") if "tp-box" in css_of(r)]
        nodes = [b for b in boxes if b[3] - b[1] != 24]  # the others hold an operation
        chips = [box(r) for r in picture.iter("rect") if r.get("data-chip")]
        for a, b in itertools.combinations([*nodes, *chips], 2):
            assert not overlap(a, b)


def test_graph_names_what_is_wrong():
    with pytest.raises(ValueError, match="which is not a node"):
        draw("graph", {**GRAPH, "edges": [{"from": "w", "to": "q"}]})
    with pytest.raises(ValueError, match="passes over a column"):
        draw("graph", {**GRAPH, "edges": [*GRAPH["edges"], {"from": "w", "to": "L"}]})
    with pytest.raises(ValueError, match="a node needs"):
        draw("graph", {**GRAPH, "nodes": [{"name": "w"}]})


def test_a_letter_without_measures_is_drawn():
    graph = {"nodes": [{"name": "h", "label": "h", "value": 1.0}], "edges": []}
    assert "h" in [e.text for picture in parts(draw("graph", graph)) for e in picture.iter("text")]


def test_slopes_are_asked_for_from_the_end_each_once():
    (told,) = re.findall(r'data-blanks="([^"]*)"', draw("graph", GRAPH))
    asked = json.loads(html.unescape(told))
    assert [each["name"] for each in asked] == [
        "dL_dy_hat", "dy_hat_dz", "dL_dz", "dz_du", "dz_db", "dL_du", "dL_db",
        "du_dw", "du_dx", "dL_dw", "dL_dx",
    ]  # fmt: skip
    assert [each["written"] for each in asked][:3] == ["∂L/∂ŷ", "∂ŷ/∂z", "∂L/∂z"]
    drawn = quantities(parts(draw("graph", GRAPH))[0])
    assert all(float(drawn[e["name"]].get("data-value")) == e["value"] for e in asked)


def test_a_graph_without_every_slope_asks_for_none():
    some = [{k: v for k, v in GRAPH["edges"][0].items() if k != "local"}, *GRAPH["edges"][1:]]
    nodes = [{k: v for k, v in node.items() if k != "grad"} for node in GRAPH["nodes"]]
    for graph in ({**GRAPH, "edges": some}, {**GRAPH, "nodes": nodes}):
        assert "data-blanks" not in draw("graph", graph)
