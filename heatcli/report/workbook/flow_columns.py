"""The columns of density, speed and flow in a workbook, and the meaning of each."""

from heatcli.report.workbook.book import Column, Kind
from heatcli.zones.flow_figures import PEAK_S

AREA_FLOW = {
    "covered_s": (Column("Covered", Kind.DURATION), "time that was watched"),
    "area_m2": (Column("Area, m²", Kind.RATE), "of the zone on the floor, as far as it is seen"),
    "mean_speed": (Column("Speed, m/s", Kind.DECIMAL), "mean speed of the people in the zone"),
    "walked_m": (Column("Walked, m", Kind.RATE), "metres that people walked in the zone"),
    "mean_density": (Column("Density, /m²", Kind.DECIMAL), "people in the zone by its area, on average"),
    "max_density": (Column("Highest density, /m²", Kind.DECIMAL), "the same, at the fullest second"),
    "mean_voronoi": (
        Column("Voronoi density, /m²", Kind.DECIMAL),
        "density by the room that each person has, on average",
    ),
    "max_voronoi": (Column("Highest Voronoi density, /m²", Kind.DECIMAL), "the same, at the fullest second"),
    "above_2_s": (Column("Above 2 /m²", Kind.DURATION), "time with a Voronoi density above 2 people per m²"),
    "above_3_s": (Column("Above 3 /m²", Kind.DURATION), "likewise for 3"),
    "above_4_s": (Column("Above 4 /m²", Kind.DURATION), "likewise for 4"),
    "measurable_up_to": (
        Column("Measurable up to, /m²", Kind.DECIMAL),
        "density above which people hide each other from the detector",
    ),
    "beyond_s": (
        Column("Too dense", Kind.DURATION),
        "time above that, for which highest densities and levels are not told",
    ),
    "worst_level": (Column("Worst level"), "the worst level of service that was reached, A to F (Fruin)"),
}

LINE_FLOW = {
    "covered_s": (Column("Covered", Kind.DURATION), "time that was watched"),
    "length_m": (Column("Length, m", Kind.DECIMAL), "of the line on the floor"),
    "persons": (Column("People", Kind.COUNT), "people who crossed it for the first time, either way"),
    "mean_speed": (Column("Speed, m/s", Kind.DECIMAL), "mean of their speeds as they crossed it"),
    "specific_flow": (Column("Flow, /m/s", Kind.DECIMAL), "people per metre of the line and second"),
    "peak_specific_flow": (
        Column("Highest flow, /m/s", Kind.DECIMAL),
        f"the same in those {PEAK_S} seconds in which most crossed",
    ),
    "beyond_s": (Column("Too dense", Kind.DURATION), "time in which people near it hid each other"),
}
