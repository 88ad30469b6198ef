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
    const chosen = [...form.elements].filter((each) => each.name).map((each) => [each.name, each.value]);
    kept.set("filters", Object.fromEntries(chosen));
    document.getElementById("count").textContent = `${shown} of ${rows.length} comparisons`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());

  const sort = (column, ascending) => {
    const at = place.get(column);
    if (at === undefined) return;
    for (const other of heads) other.removeAttribute("aria-sort");
    heads[at].setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const [known, unknown] = [true, false].map((has) => rows.filter((row) => (keyOf(row, at) !== "") === has));
    known.sort((a, b) => compare(keyOf(a, at), keyOf(b, at)));
    body.append(...(ascending ? known : known.reverse()), ...unknown);
    kept.set("sorted", [column, ascending]);
  };
  for (const [column, at] of place) {
    const head = heads[at];
    const button = html("button", { type: "button", id: `sort-${column.replaceAll(" ", "-")}`, textContent: column });
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") !== "ascending"));
  }

  form.hidden = false;
  for (const [field, value] of Object.entries(kept.get("filters") ?? {})) {
    const control = form.elements[field];
    // A value that there is no more leaves a list as it is.
    if (control && (!control.options || [...control.options].some((each) => each.value === value))) control.value = value;
  }
  if (kept.get("sorted")) sort(...kept.get("sorted"));
  show();
})();
