"use strict";
// Sorts and filters the table of all comparisons; without scripts it is there as a whole.
(() => {
  const table = document.getElementById("comparisons");
  const form = document.getElementById("filters");
  if (!table || !form) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const place = new Map(heads.map((head, at) => [head.textContent.trim(), at]));
  const rows = [...body.rows];
  const textOf = (row, name) => row.cells[place.get(name)].textContent.trim();
  const keyOf = (row, at) => {
    const cell = row.cells[at];
    const value = cell.dataset.value ?? cell.textContent.trim();
    return value === "" || Number.isNaN(Number(value)) ? value : Number(value);
  };
  const isNumber = (value) => typeof value === "number";
  const compare = (a, b) => (isNumber(a) && isNumber(b) ? a - b : String(a).localeCompare(String(b)));

  for (const select of form.querySelectorAll("select")) {
    if (!place.has(select.name)) {
      select.closest("label").remove();
      continue;
    }
    const values = [...new Set(rows.map((row) => textOf(row, select.name)))].filter(Boolean);
    const areNumbers = values.every((value) => !Number.isNaN(Number(value)));
    values.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a.localeCompare(b)));
    for (const value of values) select.add(new Option(value, value));
    if (values.length < 2) select.closest("label").hidden = true;
  }

  const show = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = [...form.querySelectorAll("select")].filter((select) => select.value);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits =
        words.every((word) => text.includes(word)) &&
        wanted.every((select) => textOf(row, select.name) === select.value);
      row.hidden = !fits;
      shown += fits;
    }
    document.getElementById("count").textContent = `${shown} of ${rows.length} comparisons`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());

  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent.trim();
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const ascending = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      const sorted = [...rows].sort((a, b) => compare(keyOf(a, at), keyOf(b, at)));
      body.append(...(ascending ? sorted : sorted.reverse()));
    });
  });

  form.hidden = false;
  show();
})();

// Draws the times of a phase over the layers: arms can be switched off, numbers are shown at a depth.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDEST = 960, HEIGHT = 340, LEFT = 70, RIGHT = 20, TOP = 14, BOTTOM = 46;
  const UNITS = [["s", 1], ["ms", 1e-3], ["µs", 1e-6], ["ns", 1e-9]];

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
  const inUnits = (seconds) => {
    if (seconds === 0) return "0";
    const [unit, size] = UNITS.find(([, size]) => seconds >= size) || UNITS[UNITS.length - 1];
    return `${Number((seconds / size).toPrecision(3))} ${unit}`;
  };
  const linearTicks = (high) => {
    const step = 10 ** Math.floor(Math.log10(high / 2));
    const every = [1, 2, 5, 10].find((times) => high / (step * times) <= 5) * step;
    return Array.from({ length: Math.floor(high / every) + 1 }, (_, at) => at * every);
  };
  const logTicks = (low, high) => {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
      found.push(10 ** power, 3 * 10 ** power);
    }
    return found.filter((tick) => tick >= low && tick <= high);
  };

  const draw = (box, number) => {
    const content = JSON.parse(box.querySelector("script").textContent);
    const name = (text) => `${text}-${number}`;
    const off = new Set();
    let phase = content.phases[0];
    let isLog = false;
    let at = null;
    let width = WIDEST;

    const choice = html("select", { id: name("phase") });
    for (const each of content.phases) choice.add(new Option(each.name, each.name));
    const scale = html("select", { id: name("scale") }, new Option("linear"), new Option("logarithmic"));
    const legend = html("div", { className: "legend" });
    const picture = element("svg", {
      role: "img", tabindex: "0",
      "aria-label": "Time over layers; left and right show the numbers at a depth",
    });
    const numbers = html("output", { className: "numbers" });
    numbers.setAttribute("aria-live", "polite");
    const controls = html(
      "div", { className: "filters" },
      html("label", {}, "phase ", choice), html("label", {}, "scale ", scale),
    );
    box.append(html("h3", { textContent: "Time over layers" }), controls, legend, picture, numbers);

    const arms = () => phase.arms.filter((arm) => !off.has(arm.name));
    const depths = () => [...new Set(phase.arms.flatMap((arm) => arm.points.map(([depth]) => depth)))].sort((a, b) => a - b);

    const across = (depth) => {
      const all = depths();
      const place = isLog && all[0] > 0 ? Math.log : (value) => value;
      const [low, high] = [place(all[0]), place(all[all.length - 1])];
      return LEFT + 12 + ((place(depth) - low) / (high - low || 1)) * (width - LEFT - RIGHT - 24);
    };
    const bounds = () => {
      const values = arms().flatMap((arm) => arm.points.map(([, seconds]) => seconds)).filter((value) => value > 0);
      if (!values.length) return [1e-3, 1];
      return isLog ? [Math.min(...values) / 1.3, Math.max(...values) * 1.3] : [0, Math.max(...values) * 1.08];
    };
    const up = (seconds, [low, high]) => {
      const place = isLog ? Math.log : (value) => value;
      const share = (place(Math.max(seconds, isLog ? low : 0)) - place(low || (isLog ? 1e-12 : 0))) / (place(high) - place(low));
      return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    };

    const showNumbers = () => {
      if (at === null) {
        numbers.textContent = "Point at a depth, or focus the chart and use the arrow keys.";
        return;
      }
      const found = (arm) => arm.points.find(([depth]) => depth === at);
      const parts = arms().filter(found).map((arm) => {
        const [, , text, ratio] = found(arm);
        return `${arm.name} ${text}${ratio ? ` (${ratio})` : ""}`;
      });
      numbers.textContent = `${at} ${at === 1 ? "layer" : "layers"}, ${phase.name}: ${parts.join(" · ")}`;
    };

    const redraw = () => {
      // One unit is one pixel, so that text keeps its size on a small screen.
      width = Math.min(WIDEST, Math.max(260, box.clientWidth || WIDEST));
      picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
      picture.style.maxWidth = `${width}px`;
      const range = bounds();
      const parts = [];
      for (const tick of isLog ? logTicks(...range) : linearTicks(range[1])) {
        const y = up(tick, range);
        parts.push(element("line", { x1: LEFT, x2: width - RIGHT, y1: y, y2: y, class: "rule" }));
        parts.push(element("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, inUnits(tick)));
      }
      for (const depth of depths()) {
        const x = across(depth);
        parts.push(element("text", { x, y: HEIGHT - BOTTOM + 20, "text-anchor": "middle" }, String(depth)));
      }
      parts.push(element("text", { x: (LEFT + width) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, "layers"));
      if (at !== null) {
        parts.push(element("line", { x1: across(at), x2: across(at), y1: TOP, y2: HEIGHT - BOTTOM, class: "guide" }));
      }
      // The baseline comes first, and is drawn last: it is not to be hidden by its placebo.
      for (const arm of arms().reverse()) {
        const points = arm.points.map(([depth, seconds]) => [across(depth), up(seconds, range)]);
        parts.push(element("polyline", { points: points.map((point) => point.join(",")).join(" "), stroke: arm.color, class: "curve" }));
        for (const [x, y] of points) parts.push(element("circle", { cx: x, cy: y, r: 4, fill: arm.color }));
      }
      picture.replaceChildren(...parts);
      showNumbers();
    };

    const relabel = () => {
      legend.replaceChildren(...phase.arms.map((arm) => {
        const button = html("button", { type: "button" }, html("span", { className: "swatch" }), arm.name);
        button.firstChild.style.background = arm.color;
        button.setAttribute("aria-pressed", String(!off.has(arm.name)));
        button.addEventListener("click", () => {
          if (!off.delete(arm.name)) off.add(arm.name);
          button.setAttribute("aria-pressed", String(!off.has(arm.name)));
          redraw();
        });
        return button;
      }));
    };

    choice.addEventListener("change", () => {
      phase = content.phases.find((each) => each.name === choice.value);
      if (!depths().includes(at)) at = null;
      relabel();
      redraw();
    });
    scale.addEventListener("change", () => {
      isLog = scale.selectedIndex === 1;
      redraw();
    });
    picture.addEventListener("pointermove", (event) => {
      const box = picture.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * width;
      const near = depths().reduce((a, b) => (Math.abs(across(b) - x) < Math.abs(across(a) - x) ? b : a));
      if (near !== at) {
        at = near;
        redraw();
      }
    });
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const all = depths();
      const next = at === null ? (step > 0 ? 0 : all.length - 1) : all.indexOf(at) + step;
      at = all[Math.min(Math.max(next, 0), all.length - 1)];
      redraw();
    });
    relabel();
    box.hidden = false;
    redraw();
    addEventListener("resize", redraw);
  };
  document.querySelectorAll(".curves").forEach(draw);
})();

// Copies the command that measures the run again.
(() => {
  const box = document.querySelector(".command");
  if (!box || !navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  box.append(button);
})();
