"""The admin page's own sums: curves from meter values, times in the site's zone, CSV; run in the browser itself."""

import pytest

ENERGY = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"


async def curves(page, *samples, start_wh=None):
    items = [
        {"timestamp": f"2026-11-24T12:{minute:02}:00Z", "values": [value(*each) for each in values]}
        for minute, values in enumerate(samples)
    ]
    script = "async ([items, start]) => (await import('/lib/meter.js')).curves(items, start)"
    return await page.evaluate(script, [items, start_wh])


def value(measurand, text, unit=None, phase=None):
    return {"measurand": measurand, "value": text, "unit": unit, "phase": phase}


async def test_power_of_the_phases_is_summed_and_units_are_honoured(site, open_page):
    page = await open_page(site, role=None)
    drawn = await curves(
        page,
        [(POWER, "1000", "W", "L1"), (POWER, "2000", "W", "L2"), (POWER, "3000", "W", "L3"), (ENERGY, "1.5", "kWh")],
        [(POWER, "11", "kW"), (POWER, "5000", "W", "L1"), (ENERGY, "2500", "Wh")],
        start_wh=1000,
    )
    assert drawn["power"] == [6, 11]
    assert drawn["energy"] == [0.5, 1.5]


async def test_power_is_told_from_the_register_where_none_is_sent(site, open_page):
    page = await open_page(site, role=None)
    drawn = await curves(page, [(ENERGY, "1000", "Wh")], [(ENERGY, "1100", "Wh")], [(ENERGY, "1100", "Wh")])
    assert drawn["power"] == [None, 6, 0]
    assert drawn["energy"] == [0, 0.1, 0.1]


async def test_what_can_not_be_read_leaves_a_gap(site, open_page):
    page = await open_page(site, role=None)
    drawn = await curves(page, [(POWER, "NaN", "W"), (ENERGY, "10", "Wh")], [(POWER, "<b>", "W")], [(POWER, "5", "W")])
    assert drawn["times"] == [1795521600, 1795521720]
    assert drawn["power"] == [None, 0.005]


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-06-01T12:30", "2026-06-01T10:30:00Z"),
        ("2026-12-01T12:30", "2026-12-01T11:30:00Z"),
        ("2026-03-29T03:30", "2026-03-29T01:30:00Z"),  # the clocks have just gone forward
        ("2026-10-25", "2026-10-24T22:00:00Z"),
    ],
)
async def test_times_are_those_of_the_sites_zone(site, open_page, local, utc):
    page = await open_page(site, role=None)
    script = """async ([local, utc]) => {
        (await import('/lib/format.js')).setTimeZone('Europe/Berlin');
        const zone = await import('/lib/zone.js');
        return [zone.fromLocal(local), zone.toLocal(utc)];
    }"""
    there, back = await page.evaluate(script, [local, utc])
    assert (there, back[: len(local)]) == (utc, local)


async def test_csv_of_other_countries_is_read(site, open_page):
    page = await open_page(site, role=None)
    text = '\ufeffid_tag;note\r\nA;"x;\r\ny ""z"""\r\n\r\nB;\'=1\r\n'
    records = await page.evaluate("async (text) => (await import('/lib/csv.js')).readCsv(text)", text)
    assert records == [{"id_tag": "A", "note": 'x;\r\ny "z"'}, {"id_tag": "B", "note": "=1"}]
