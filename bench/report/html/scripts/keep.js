// Keeps what a reader has chosen for as long as the tab is open, also when the page is loaded anew.
const kept = (() => {
  const name = `keras-bench ${location.pathname} ${document.title}`;
  let all = {};
  try {
    all = JSON.parse(sessionStorage.getItem(name)) ?? {};
  } catch {
    // Where nothing can be stored, nothing is kept.
  }
  const set = (key, value) => {
    all[key] = value;
    try {
      sessionStorage.setItem(name, JSON.stringify(all));
    } catch {
      // As above.
    }
  };
  return { get: (key) => all[key], set };
})();

for (const each of document.querySelectorAll("details[id]")) {
  each.open = kept.get(each.id) ?? each.open;
  each.addEventListener("toggle", () => kept.set(each.id, each.open));
}

// A link leads to what it names also where that is closed.
const openTarget = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.tagName === "DETAILS") target.open = true;
};
addEventListener("hashchange", openTarget);
openTarget();

// The element with the focus is focused again; this comes after all have been made.
addEventListener("pagehide", () => kept.set("focus", document.activeElement?.id));
addEventListener("DOMContentLoaded", () => {
  const focused = document.getElementById(kept.get("focus") || "none");
  focused?.focus({ preventScroll: true });
  if (focused?.type === "search") focused.setSelectionRange(focused.value.length, focused.value.length);
});
