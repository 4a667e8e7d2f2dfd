// A chart in which one points in place of moving its sliders: `x` follows the pointer across, `y`
// follows it up, and `y_right`, where it is given, follows it up in the right half. `bounds` are the
// ends of the axes. A mouse moves them without a button pressed, or with `drag` only while it drags.

// A drag keeps to the slider of the half it began in.
export function moveByPad({ x, y, y_right, bounds }, place, pressedAt, move) {
  const { x_low, x_high, y_low, y_high } = bounds;
  if (x) move(x, x_low + place.across * (x_high - x_low));
  const upright = y_right && (pressedAt ?? place).across > 0.5 ? y_right : y;
  if (upright) move(upright, y_low + place.up * (y_high - y_low));
}

// A chart that one turns: it follows the drag from where its sliders stood when it began, by so many
// units of each for the whole width and height of the plot; the turn is one of a full circle.
export function turnByPad({ turns }, place, pressedAt, move, before) {
  if (!pressedAt) return;
  const turn = before("turn") + (place.across - pressedAt.across) * turns.turn;
  move("turn", ((((turn + 180) % 360) + 360) % 360) - 180);
  move("tilt", before("tilt") + (place.up - pressedAt.up) * turns.tilt);
}

// A vertical swipe in the chart scrolls the page, unless one drags vertically there. Chromium
// applies touch-action to an <svg> as a whole, not to the elements in it.
export function touchAction({ chart, drag, y, turns }) {
  const panning = drag && (y || turns) ? "" : "pan-y ";
  return `.st-key-figure_${chart} svg { touch-action: ${panning}pinch-zoom; }`;
}
