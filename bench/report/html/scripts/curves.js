// Draws the times of a phase over the layers: arms can be switched off, numbers are shown at a depth.
(() => {
  const WIDEST = 960, HEIGHT = 340, LEFT = 70, RIGHT = 20, TOP = 14, BOTTOM = 46;
  // Curves that are nowhere further apart, in pixels, look like one.
  const APART = 4;

  const linearTicks = (high) => {
    const step = 10 ** Math.floor(Math.log10(high / 2));
    const every = [1, 2, 5, 10].find((times) => high / (step * times) <= 5) * step;
    return Array.from({ length: Math.floor(high / every) + 1 }, (_, at) => at * every);
  };
  const logTicks = (low, high) => {
    const within = (ticks) => ticks.filter((tick) => tick >= low && tick <= high);
    for (const steps of [[1, 3], [1, 2, 5]]) {
      const found = [];
      for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
        found.push(...steps.map((step) => step * 10 ** power));
      }
      if (within(found).length > 1) return within(found);
    }
    const step = linearTicks(high - low)[1];
    return within(linearTicks(high - low).map((tick) => tick + Math.ceil(low / step) * step));
  };

  // Corners as degrees clockwise from the top, and distances from the middle.
  const around = (count, corners) =>
    Array.from({ length: count }, (_, at) => corners.map(([turn, far]) => [(360 / count) * at + turn, far])).flat();
  const plus = (turn) => around(4, [[turn - 19, 1.15], [turn + 19, 1.15], [turn + 45, 0.5]]);
  const CORNERS = {
    "^": around(3, [[0, 1.3]]), v: around(3, [[180, 1.3]]), s: around(4, [[45, 1.25]]), D: around(4, [[0, 1.35]]),
    p: around(5, [[0, 1.2]]), h: around(6, [[0, 1.2]]), "*": around(5, [[0, 1.5], [36, 0.6]]),
    P: plus(0), X: plus(45),
  };
  const marker = (shape, x, y, size) => {
    const corners = CORNERS[shape];
    if (!corners) return element("circle", { cx: x, cy: y, r: size, class: "marker" });
    const points = corners.map(([turn, far]) => {
      const angle = (turn * Math.PI) / 180;
      return [x + size * far * Math.sin(angle), y - size * far * Math.cos(angle)].map((each) => each.toFixed(2)).join(",");
    });
    return element("polygon", { points: points.join(" "), class: "marker" });
  };
  const coloured = (made, arm) => {
    made.classList.add("arm");
    made.style.setProperty("--arm", arm.color);
    return made;
  };
  const layersOf = (depth) => `${depth} ${depth === 1 ? "layer" : "layers"}`;

  const draw = (box) => {
    const content = JSON.parse(box.querySelector("script").textContent);
    const name = (text) => `${text}-${content.anchor}`;
    const { phase: last, isLog: wasLog = false, off: hidden = [] } = kept.get(name("curves")) ?? {};
    const off = new Set(hidden);
    let phase = content.phases.find((each) => each.name === last) ?? content.phases[0];
    let isLog = wasLog;
    let at = null;
    let width = WIDEST;

    const choice = html("select", { id: name("phase") });
    for (const each of content.phases) choice.add(new Option(each.name, each.name));
    const scale = html("select", { id: name("scale") }, new Option("linear"), new Option("logarithmic"));
    choice.value = phase.name;
    scale.selectedIndex = Number(isLog);
    const legend = html("div", { className: "legend" });
    const remark = html("p", { className: "remark" });
    const picture = element("svg", { role: "img", tabindex: "0", id: name("times-over-layers") });
    const numbers = html("output", { className: "numbers" });
    numbers.setAttribute("aria-live", "polite");
    const controls = html(
      "div", { className: "filters" },
      html("label", {}, "phase ", choice), html("label", {}, "scale ", scale),
    );
    box.append(html("h3", { textContent: "Time over layers" }), controls, legend, remark, picture, numbers);

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
      numbers.textContent = `${layersOf(at)}, ${phase.name}: ${parts.join(" · ")}`;
    };
    const describe = () => {
      const parts = arms().map((arm) => `${arm.name} ${arm.points.map(([depth, , text]) => `${text} at ${layersOf(depth)}`).join(", ")}`);
      return `Time of ${phase.name} over layers, ${content.place}: ${parts.join("; ")}. Left and right show the numbers at a depth.`;
    };

    // Of those before it, the arm whose curve lies on that of `arm`.
    const above = (arm, range) =>
      arms().slice(0, arms().indexOf(arm)).find((other) => {
        const places = new Map(other.points.map(([depth, seconds]) => [depth, up(seconds, range)]));
        return arm.points.every(([depth, seconds]) => Math.abs(places.get(depth) - up(seconds, range)) < APART);
      });
    const showCovered = (range) => {
      for (const button of legend.children) {
        const arm = arms().find((each) => each.name === button.dataset.arm);
        const other = arm && above(arm, range);
        button.querySelector(".covered").textContent = other ? ` under ${other.name}` : "";
      }
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
        const line = element("polyline", { points: points.map((point) => point.join(",")).join(" "), class: "curve" });
        parts.push(coloured(element("g", {}, line, ...points.map(([x, y]) => marker(arm.marker, x, y, 4))), arm));
      }
      picture.replaceChildren(...parts);
      picture.setAttribute("aria-label", describe());
      showCovered(range);
      showNumbers();
      kept.set(name("curves"), { phase: phase.name, isLog, off: [...off] });
    };

    const relabel = () => {
      legend.replaceChildren(...phase.arms.map((arm) => {
        const swatch = element("svg", { viewBox: "0 0 14 14", class: "swatch", "aria-hidden": "true" }, marker(arm.marker, 7, 7, 4.5));
        const button = html("button", { type: "button" }, coloured(swatch, arm), arm.name, html("span", { className: "covered" }));
        button.id = name(`show-${arm.name.replaceAll(" ", "-")}`);
        button.dataset.arm = arm.name;
        button.setAttribute("aria-pressed", String(!off.has(arm.name)));
        button.addEventListener("click", () => {
          if (!off.delete(arm.name)) off.add(arm.name);
          button.setAttribute("aria-pressed", String(!off.has(arm.name)));
          redraw();
        });
        return button;
      }));
      remark.textContent = phase.remark;
      remark.hidden = !phase.remark;
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
      if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
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
