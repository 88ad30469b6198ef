// Draws calls below those that they are made from, as wide as they are many; a function can be enlarged.
(() => {
  const WIDEST = 960, ROW = 18;
  // Pixels: frames below are not drawn, and a letter of their names takes so many.
  const NARROWEST = 1.5, LETTER = 6.7;
  const GROWS = "↑ ";
  // A part is not all.
  const percent = (share) => `${share < 1 ? Math.min(99, Number((100 * share).toPrecision(2))) : 100}\u00a0%`;
  const counted = (calls) => `${calls.toLocaleString("en")} ${calls === 1 ? "call" : "calls"}`;

  const draw = (box) => {
    const content = JSON.parse(box.querySelector("script").textContent);
    const id = `flame-${content.anchor}`;
    const most = Math.max(...content.trees.map((tree) => tree.calls));
    let tree = content.trees.find((each) => each.arm === kept.get(id)) ?? content.trees[0];
    // Positions of frames: the one that is as wide as the picture, and the one that is pointed at.
    let top = 0;
    let at = null;
    let width = WIDEST;

    const choice = html("select", { id });
    for (const each of content.trees) choice.add(new Option(`${each.arm}: ${counted(each.calls)}`, each.arm));
    choice.value = tree.arm;
    const picture = element("svg", { role: "img", tabindex: "0", id: `${id}-calls` });
    const numbers = html("output", { className: "numbers" });
    numbers.setAttribute("aria-live", "polite");
    const grow = content.trees.some((each) => each.functions.some(([, , grows]) => grows));
    box.append(
      html("h3", { textContent: content.title }),
      html("p", { className: "remark" }, `A function stands below the one that calls it. It is as wide as its calls and all that they call, on one scale for all ${content.what}s. `,
        ...(grow ? [html("span", { className: "grows" }, GROWS.trim()), " marks functions whose calls grow faster than the layers, wherever they are called. "] : []),
        content.remark),
      html("div", { className: "filters" }, html("label", {}, `${content.what} `, choice)), picture, numbers,
    );

    // The first frame is whoever begins, and no call.
    const size = (frame) => tree.frames[frame][3] + (frame ? tree.frames[frame][2] : 0);
    const share = (frame) => percent(size(frame) / size(0));
    const parent = (frame) => tree.frames[frame][0];
    const named = (frame) => tree.functions[tree.frames[frame][1]];
    const called = (frame) =>
      tree.frames.map((_, other) => other).filter((other) => other && parent(other) === frame).sort((a, b) => size(b) - size(a));

    // The frames that are drawn: for each its place from the left and its width, in pixels, and its row.
    const laidOut = () => {
      const scale = width / (top ? size(top) : most);
      const places = new Map();
      const put = (frame, left, row) => {
        const wide = size(frame) * scale;
        if (frame !== top && wide < NARROWEST) return;
        places.set(frame, { left, wide, row });
        let next = left;
        for (const each of called(frame)) {
          put(each, next, row + 1);
          next += size(each) * scale;
        }
      };
      put(top, 0, 0);
      return places;
    };
    let places = laidOut();

    const told = (frame) => {
      if (!frame) return `All calls of ${tree.arm}: ${counted(tree.calls)}.`;
      const [name, place, grows] = named(frame);
      const [, , calls] = tree.frames[frame];
      const times = calls === 1 ? "once" : `${calls.toLocaleString("en")} times`;
      const growth = grows ? "; its calls grow faster than the layers" : "";
      return `${name} (${place}), called ${times} here: ${counted(size(frame))} with all that it calls, ${share(frame)} of those of ${tree.arm}${growth}.`;
    };
    const showNumbers = () => {
      numbers.textContent = at === null
        ? "Point at a function, or focus the picture and use the arrow keys. A click or Enter enlarges it, and Escape shows all."
        : `${told(at)}${top && at === top ? " Enlarged." : ""}`;
    };
    const describe = () => {
      const deep = [...places.keys()].filter((frame) => frame !== top && size(frame) > size(0) / 4);
      const parts = deep.map((frame) => `${named(frame)[0]} ${share(frame)}`);
      const large = parts.length ? ` Within: ${parts.join(", ")}.` : "";
      return `${content.title}: ${counted(tree.calls)} of ${tree.arm}.${large} Arrow keys go from function to function.`;
    };

    const redraw = () => {
      width = Math.min(WIDEST, Math.max(260, box.clientWidth || WIDEST));
      places = laidOut();
      // What is too narrow to be drawn is not pointed at.
      while (at !== null && at !== top && !places.has(at)) at = parent(at);
      if (at !== null && !places.has(at)) at = top;
      const rows = 1 + Math.max(...[...places.values()].map(({ row }) => row));
      picture.setAttribute("viewBox", `0 0 ${width} ${rows * ROW}`);
      picture.style.maxWidth = `${width}px`;
      picture.replaceChildren(...[...places].map(([frame, { left, wide, row }]) => {
        const [plain, , grows] = named(frame);
        const name = grows ? GROWS + plain : plain;
        const letters = Math.floor((wide - 6) / LETTER);
        const shown = name.length <= letters ? name : letters > 3 ? `${name.slice(0, letters - 1)}…` : "";
        const made = element(
          "g", { class: grows ? "frame grows" : "frame", "data-frame": frame, transform: `translate(${left} ${row * ROW})` },
          element("rect", { width: Math.max(wide - 1, 0.5), height: ROW - 1, rx: 2 }),
        );
        if (shown) made.append(element("text", { x: 4, y: ROW - 6 }, shown));
        made.classList.toggle("chosen", frame === at);
        return made;
      }));
      picture.setAttribute("aria-label", describe());
      showNumbers();
      kept.set(id, tree.arm);
    };
    const choose = (frame) => {
      at = frame;
      for (const each of picture.children) each.classList.toggle("chosen", Number(each.dataset.frame) === at);
      showNumbers();
    };
    const enlarge = (frame) => {
      top = frame === top ? 0 : frame;
      at = frame;
      redraw();
    };
    const frameOf = (event) => {
      const found = event.target.closest(".frame");
      return found && Number(found.dataset.frame);
    };

    // The drawn frame next to `frame` in its row, where there is one.
    const beside = (frame, step) => {
      const { row } = places.get(frame);
      const all = [...places].filter(([, each]) => each.row === row).sort(([, a], [, b]) => a.left - b.left).map(([each]) => each);
      return all[all.indexOf(frame) + step];
    };
    const NEXT = {
      ArrowLeft: (frame) => beside(frame, -1),
      ArrowRight: (frame) => beside(frame, 1),
      ArrowUp: (frame) => (frame === top ? undefined : parent(frame)),
      ArrowDown: (frame) => called(frame).find((each) => places.has(each)),
    };
    picture.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.key === "Escape" && at !== null) {
        [top, at] = [0, null];
        redraw();
      } else if (event.key === "Enter" && at !== null) {
        enlarge(at);
      } else if (event.key in NEXT) {
        choose(at === null ? top : NEXT[event.key](at) ?? at);
      } else {
        return;
      }
      event.preventDefault();
    });
    picture.addEventListener("pointermove", (event) => {
      const frame = frameOf(event);
      if (frame !== null && frame !== at) choose(frame);
    });
    picture.addEventListener("click", (event) => {
      const frame = frameOf(event);
      if (frame !== null) enlarge(frame);
    });
    choice.addEventListener("change", () => {
      tree = content.trees.find((each) => each.arm === choice.value);
      [top, at] = [0, null];
      redraw();
    });
    box.hidden = false;
    redraw();
    addEventListener("resize", redraw);
  };
  document.querySelectorAll(".flame").forEach(draw);
})();
