"""Who is in the clip: builds, ages, skins, clothes and bags, no two alike."""

from samples.shop.figure import Look

# Skin and hair.
_PALE, _FAIR, _OLIVE, _BROWN, _DARK = (
    (236, 198, 176),
    (222, 174, 144),
    (196, 148, 114),
    (150, 104, 76),
    (98, 66, 50),
)
_BLACK, _CHESTNUT, _BLOND, _GREY, _AUBURN = (
    (34, 30, 30),
    (82, 54, 36),
    (190, 152, 96),
    (150, 148, 146),
    (128, 62, 38),
)

_BASKET = (176, 48, 44)  # those of the shop are red

# The first is the member of staff.
LOOKS: tuple[Look, ...] = (
    Look(1.74, 1.0, _FAIR, _CHESTNUT, (60, 62, 70), (44, 46, 54), apron=(168, 44, 44), short_sleeves=True),
    Look(1.80, 1.08, _PALE, _GREY, (40, 62, 130), (136, 92, 48), bag="tote", bag_colour=(190, 182, 160)),
    Look(
        1.66,
        0.95,
        _OLIVE,
        _BLACK,
        (176, 60, 74),
        (34, 40, 92),
        hair_style="long",
        bag="basket",
        bag_colour=_BASKET,
    ),
    Look(
        1.83,
        1.0,
        _DARK,
        _BLACK,
        (206, 168, 72),
        (36, 58, 120),
        short_sleeves=True,
        bag="backpack",
        bag_colour=(52, 60, 66),
    ),
    Look(
        1.70,
        0.96,
        _FAIR,
        _AUBURN,
        (150, 200, 172),
        (84, 36, 70),
        hair_style="bun",
        bag="basket",
        bag_colour=_BASKET,
    ),
    Look(1.76, 1.22, _FAIR, _CHESTNUT, (92, 104, 62), (44, 58, 110), hair_style="bald"),
    Look(
        1.64, 1.0, _PALE, _BLOND, (108, 70, 118), (70, 30, 84), hair_style="long", garment="skirt", bag="tote"
    ),
    Look(1.68, 1.12, _BROWN, _GREY, (124, 58, 50), (30, 28, 34), garment="coat"),
    Look(
        1.86,
        0.97,
        _FAIR,
        _BLOND,
        (222, 222, 214),
        (36, 54, 110),
        stripes=(44, 62, 108),
        bag="backpack",
        bag_colour=(156, 74, 40),
    ),
    Look(
        1.62,
        0.98,
        _BROWN,
        _BLACK,
        (218, 124, 64),
        (24, 24, 30),
        hair_style="bun",
        bag="basket",
        bag_colour=_BASKET,
    ),
    Look(1.78, 1.03, _OLIVE, _BLACK, (26, 28, 36), (60, 84, 140), hair_style="cap"),
    Look(1.72, 0.96, _PALE, _CHESTNUT, (222, 186, 116), (26, 22, 26), hair_style="long", garment="coat"),
    Look(1.90, 1.06, _DARK, _BLACK, (224, 218, 206), (38, 40, 48), shoes=(216, 214, 208)),
)
