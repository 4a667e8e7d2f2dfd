// Pointing along a chart whose x axis is the steps, in place of moving the slider `slider`: it
// follows a mouse, and goes back to where it stood when that leaves the chart; a click keeps the
// step. A finger drags.
export function createHover({ value, index, move }) {
  let before = null; // where the slider stood before a mouse came into the chart

  return {
    follow({ low, high, steps, slider, log }, place, event) {
      if (!place) {
        if (before !== null) move(slider, before);
        before = null;
        return;
      }
      // On a log axis step 0 is drawn at 1/2.
      const [left, right] = [low, high].map((step) => (value(log) ? Math.log(Math.max(step, 0.5)) : step));
      const there = left + place.across * (right - left);
      const found = nearest(steps, value(log) ? Math.exp(there) : there);
      if (event.pointerType !== "mouse") before = null; // a lifted finger does not leave the chart
      else if (event.type === "click") before = found;
      else before ??= index(slider);
      move(slider, found);
    },
    forget() {
      before = null;
    },
  };
}

// The index, in an ascending list, of the number nearest to the wanted one.
function nearest(numbers, wanted) {
  let low = 0;
  let high = numbers.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle;
    else high = middle;
  }
  return wanted - numbers[low] < numbers[high] - wanted ? low : high;
}
