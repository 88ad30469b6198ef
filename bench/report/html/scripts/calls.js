// Shows what a number of calls costs in each call mode, and which is cheapest.
for (const box of document.querySelectorAll(".calls")) {
  const { anchor, title, decades, modes } = JSON.parse(box.querySelector("script").textContent);
  const STEPS = 10;
  const id = `calls-${anchor}`;
  // A place on the slider is a whole number with at most two digits that matter.
  const callsAt = (step) => Number((10 ** (step / STEPS)).toPrecision(step < STEPS ? 1 : 2));
  const shown = (calls) => `${calls.toLocaleString("en")} ${calls === 1 ? "call" : "calls"}`;
  const after = (mode, calls) => mode.first + (calls - 1) * mode.then;

  const slider = html("input", { type: "range", id, min: 0, max: decades * STEPS, step: 1 });
  slider.value = kept.get(id) ?? 3 * STEPS;
  const chosen = html("strong", {});
  const rows = html("tbody", {});
  const said = html("output", {});
  said.setAttribute("aria-live", "polite");
  const table = html("table", {}, html("caption", { textContent: "Time in total, by the medians above" }), rows);

  const show = () => {
    const calls = callsAt(Number(slider.value));
    const costs = modes.map((mode) => [mode.name, after(mode, calls)]).sort(([, a], [, b]) => a - b);
    const [[cheapest, least], most] = [costs[0], costs[costs.length - 1][1]];
    rows.replaceChildren(...modes.map((mode) => {
      const cost = after(mode, calls);
      const bar = html("span", { className: "bar" });
      bar.style.width = `${(100 * cost) / most}%`;
      const head = html("th", { scope: "row", textContent: mode.name });
      return html(
        "tr", { className: cost === least ? "cheapest" : "" }, head,
        html("td", { className: "number", textContent: inUnits(cost) }), html("td", {}, bar),
      );
    }));
    chosen.textContent = shown(calls);
    slider.setAttribute("aria-valuetext", shown(calls));
    const others = costs.slice(1).map(([name, cost]) => `${name} ${inUnits(cost)}`);
    said.textContent = `After ${shown(calls)}, ${cheapest} costs least: ${inUnits(least)}; ${others.join(", ")}.`;
    kept.set(id, slider.value);
  };
  slider.addEventListener("input", show);
  box.append(
    html("h3", { textContent: title }),
    html("label", { htmlFor: id }, "number of calls: ", chosen), slider, table, said,
  );
  show();
  box.hidden = false;
}
