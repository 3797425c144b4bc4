"""Our systems, handed to bw2calc: an independent solver of the same equations."""

import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np

from puhui.footprint.system import Process


def _imported(name: str) -> Any:
    """Import a part of Brightway when it is asked for: with it come pandas, scipy and xarray."""
    with warnings.catch_warnings():
        # It recommends a faster solver and announces its own next version.
        warnings.simplefilter("ignore")
        return import_module(name)


def package_of(processes: Sequence[Process], weights: Mapping[str, Fraction]) -> Any:
    """Return the processes as a datapackage, numbered in their order, product 1 first."""
    number = {process.name: at for at, process in enumerate(processes, start=1)}
    flows = sorted({flow for process in processes for flow in process.emits})
    flow_number = {flow: at for at, flow in enumerate(flows, start=len(number) + 1)}
    made = [(number[p.name], number[p.name], p.output, False) for p in processes]
    used = [(number[n], number[p.name], kg, True) for p in processes for n, kg in p.uses.items()]
    given = [
        (flow_number[f], number[p.name], kg, False) for p in processes for f, kg in p.emits.items()
    ]
    counted = [(flow_number[f], flow_number[f], weights.get(f, Fraction(0)), False) for f in flows]
    bwp = _imported("bw_processing")
    package = bwp.create_datapackage()
    for matrix, entries in (
        ("technosphere_matrix", made + used),
        ("biosphere_matrix", given),
        ("characterization_matrix", counted),
    ):
        package.add_persistent_vector(
            matrix=matrix,
            name=matrix,
            indices_array=np.array([entry[:2] for entry in entries], dtype=bwp.INDICES_DTYPE),
            data_array=np.array([float(entry[2]) for entry in entries]),
            flip_array=np.array([entry[3] for entry in entries]),
            **({"global_index": None} if matrix.startswith("char") else {}),
        )
    return package


def score_of(
    processes: Sequence[Process], weights: Mapping[str, Fraction], demand: Mapping[str, float]
) -> float:
    """Return what bw2calc makes of a demand."""
    number = {process.name: at for at, process in enumerate(processes, start=1)}
    package = package_of(processes, weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lca = _imported("bw2calc").LCA(
            {number[name]: much for name, much in demand.items()}, data_objs=[package]
        )
        lca.lci()
        lca.lcia()
    return float(lca.score)
