// Shows how far the run is, and the page anew when more is known.
(() => {
  const EVERY_MS = 500;
  const strip = document.getElementById("watched");
  const say = (text) => {
    if (strip.textContent !== text) strip.textContent = text;
  };
  const ask = async () => {
    let state;
    try {
      state = await (await fetch("state", { cache: "no-store" })).json();
    } catch {
      say(`${strip.textContent} · the server has ended, and this page stays as it is`);
      return;
    }
    if (state.version !== strip.dataset.version) return location.reload();
    say(state.text);
    if (!state.ended) setTimeout(ask, EVERY_MS);
  };
  setTimeout(ask, EVERY_MS);
})();
