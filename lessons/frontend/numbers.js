// Numbers as text, written as core.words.writing.readable writes them.
const FOUR_DIGITS = new Intl.NumberFormat("en-US", {
  maximumSignificantDigits: 4, maximumFractionDigits: 0, roundingPriority: "morePrecision",
});
const ALL_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 12 });
const POWERS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";

// Four significant digits.
export function readable(number) {
  const size = Math.abs(number);
  if (size === 0 || (1e-6 <= size && size < 1e7)) {
    return FOUR_DIGITS.format(number).replace("-", "−");
  }
  const [digits, power] = number.toExponential(3).split("e");
  const raised = [...power.replace("+", "")].map((sign) => POWERS["-0123456789".indexOf(sign)]);
  return `${digits}×10${raised.join("")}`.replace("-", "−");
}

// All digits, for a number that four digits would round.
export function exactly(number) {
  const fits = Number(number.toPrecision(4)) === number;
  return fits ? readable(number) : ALL_DIGITS.format(number).replace("-", "−");
}
