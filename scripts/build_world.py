"""Build src/altcred/write/charts/world.json, the outlines of countries that maps are drawn from.

Done once; the result is committed. It needs packages that the project does not: in an environment
of its own, `pip install -e . geopandas antimeridian`, then `npm pack world-atlas@2`,
unpack it, and `python scripts/build_world.py package/countries-50m.json
src/altcred/write/charts/world.json`.
"""

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

from altcred.core.countries import alpha3_of

# Equal-area enough to be fair to the tropics, and the shape readers know: Robinson.
PROJECTION = "ESRI:54030"
METRES_A_UNIT = 10_000
TOLERANCE = 25_000
SMALLEST_ISLAND = 2e9
# Polygons of the atlas without an ISO number.
NAMED = {"Kosovo": "XKX", "N. Cyprus": "CYP", "Somaliland": "SOM"}


def list_shapes(source: Path) -> list[dict[str, Any]]:
    """Return each country's ISO 3166 alpha-3 code and its outlines, in units of ten kilometres."""
    import antimeridian
    import geopandas
    import shapely

    world = geopandas.read_file(source, layer="countries").set_crs(4326)
    wide = (world.bounds.maxx - world.bounds.minx) > 180
    world.loc[wide, "geometry"] = [
        shapely.geometry.shape(antimeridian.fix_shape(shapely.geometry.mapping(one)))
        for one in world.geometry[wide]
    ]
    world = world[world.name != "Antarctica"].to_crs(PROJECTION)
    # Simplified together, so that neighbours keep one border.
    world["geometry"] = world.geometry.make_valid()
    simpler = shapely.coverage_simplify(world.geometry.to_numpy(), TOLERANCE)
    world["geometry"] = geopandas.GeoSeries(simpler, index=world.index, crs=world.crs)
    shapes: dict[str, list[list[int]]] = {}
    areas: dict[str, float] = {}
    for row in world.itertuples():
        code = NAMED.get(row.name) or (alpha3_of(int(row.id)) if row.id == row.id else None)
        parts = [
            part
            for part in getattr(row.geometry, "geoms", [row.geometry])
            if part.geom_type == "Polygon"
        ]
        largest = max(parts, key=lambda part: part.area, default=None)
        outlines = shapes.setdefault(code or "", [])
        areas[code or ""] = areas.get(code or "", 0.0) + row.geometry.area
        for part in parts:
            if part is largest or part.area > SMALLEST_ISLAND:
                outlines.append(
                    [round(one / METRES_A_UNIT) for xy in part.exterior.coords for one in xy]
                )
    # The largest first, so that a country inside another is drawn over it.
    order = sorted(shapes, key=lambda code: (-areas[code], code))
    return [{"id": code, "rings": shapes[code]} for code in order if shapes[code]]


def main() -> None:
    """Write the outlines of the atlas named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    shapes = list_shapes(arguments.source)
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in shapes)
    arguments.target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
