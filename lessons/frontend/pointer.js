// Following the pointer in one chart, named by `target().chart`. With `target().drag`, and always by
// touch, it is followed while it is pressed; otherwise a mouse is followed as it hovers.
//
// A place is given in shares of the plot's width and height, `{ across, up }`; null outside of the
// plot. While the pointer is pressed, a place outside is moved to the plot's edge.
const PLOT = "svg.marks .mark-group.role-frame.root > g > path.background";

export function followPointer({ target, onPress, onCancel, onMove, onClick }) {
  let press = null; // { id, place } of the pointer that was pressed in the chart

  const placeOf = (event) => placeIn(target().chart, event, press !== null);
  const drags = (event) => target().drag || event.pointerType !== "mouse";
  const listeners = {
    pointerdown(event) {
      if (!target() || !drags(event) || !event.isPrimary || event.button) return;
      press = null;
      const place = placeOf(event);
      if (!place) return;
      press = { id: event.pointerId, place };
      onPress();
      // The element under the pointer may be drawn anew meanwhile; the container of the chart stays.
      figureOf(target().chart, event).setPointerCapture(event.pointerId);
    },
    pointermove(event) {
      if (!target()) return;
      const isFollowed = press ? press.id === event.pointerId : !drags(event);
      if (isFollowed) onMove(placeOf(event), event, press?.place);
    },
    pointerup(event) {
      if (press?.id === event.pointerId) press = null;
    },
    pointercancel(event) {
      if (press?.id !== event.pointerId) return;
      press = null;
      onCancel();
    },
    click(event) {
      const place = target() && placeOf(event);
      if (place) onClick(place, event, drags(event));
    },
  };
  const all = Object.entries(listeners);
  for (const [type, listener] of all) document.addEventListener(type, listener);
  return () => {
    for (const [type, listener] of all) document.removeEventListener(type, listener);
  };
}

function figureOf(key, event) {
  return event.target.closest?.(`.st-key-figure_${key}`);
}

function placeIn(key, event, isClamped) {
  const plot = figureOf(key, event)?.querySelector(PLOT);
  if (!plot) return null;
  const box = plot.getBoundingClientRect();
  const across = (event.clientX - box.left) / box.width;
  const up = (box.bottom - event.clientY) / box.height;
  const inside = { across: clamp(across), up: clamp(up) };
  const isInside = across === inside.across && up === inside.up;
  return isClamped || isInside ? inside : null;
}

function clamp(share) {
  return Math.min(Math.max(share, 0), 1);
}
