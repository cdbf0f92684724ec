// Meter values as curves: power in kW and energy since the start in kWh, out of what chargers send in many shapes.

const ENERGY = "Energy.Active.Import.Register";
const POWER = "Power.Active.Import";

// Gives {times (seconds), power, energy}, with null where a message said nothing of it.
export function curves(items, startWh) {
  const samples = items
    .map(({ timestamp, values }) => ({ time: Date.parse(timestamp) / 1000, power: total(values, POWER, "W"), energy: total(values, ENERGY, "Wh") }))
    .filter(({ time, power, energy }) => !Number.isNaN(time) && (power !== null || energy !== null))
    .sort((one, other) => one.time - other.time);
  const first = startWh ?? samples.find(({ energy }) => energy !== null)?.energy ?? 0;
  const measured = samples.some(({ power }) => power !== null);
  return {
    times: samples.map(({ time }) => time),
    energy: samples.map(({ energy }) => (energy === null ? null : Math.max(0, energy - first) / 1000)),
    power: measured ? samples.map(({ power }) => (power === null ? null : power / 1000)) : fromEnergy(samples),
  };
}

// The value over all phases: the one without a phase, else the sum of the phases.
function total(values, measurand, unit) {
  const found = values.filter((entry) => (entry.measurand ?? ENERGY) === measurand);
  const whole = found.find(({ phase }) => !phase);
  const parts = whole ? [whole] : found.filter(({ phase }) => /^L[123](-N)?$/.test(phase));
  const figures = parts.map((entry) => figure(entry, unit)).filter((value) => value !== null);
  return figures.length ? figures.reduce((sum, value) => sum + value, 0) : null;
}

function figure({ value, unit }, base) {
  const read = Number.parseFloat(value);
  if (!Number.isFinite(read)) return null;
  return unit === `k${base}` ? read * 1000 : read;
}

// A charger that sends no power still tells it by how fast its register grows.
function fromEnergy(samples) {
  return samples.map(({ time, energy }, index) => {
    const before = samples[index - 1];
    if (!before || energy === null || before.energy === null || time <= before.time) return null;
    return Math.max(0, (energy - before.energy) / (time - before.time)) * 3.6;
  });
}
