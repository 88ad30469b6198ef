// What the other scripts make elements and text with.
const SVG = "http://www.w3.org/2000/svg";

const element = (name, attributes, ...children) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const html = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const UNITS = [["s", 1], ["ms", 1e-3], ["µs", 1e-6], ["ns", 1e-9]];

const inUnits = (seconds) => {
  if (seconds === 0) return "0";
  const [unit, size] = UNITS.find(([, size]) => Number((seconds / size).toPrecision(3)) >= 1) || UNITS[UNITS.length - 1];
  return `${Number((seconds / size).toPrecision(3))}\u00a0${unit}`;
};
