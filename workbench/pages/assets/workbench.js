// Shows what lies behind an event in the lanes: its frame's bytes and its object. Text is only ever set as text.
"use strict";

(() => {
  /** Wires up one body's lanes. @param {HTMLElement} box */
  const start = (box) => {
    const source = box.querySelector("[data-payload]");
    const panel = box.querySelector("[data-panel]");
    if (!source || !panel) return;
    const payload = JSON.parse(source.textContent);
    const part = (name) => panel.querySelector(`[data-${name}]`);
    const head = part("frame-head");
    const bytes = part("frame-text");
    const title = part("event-head");
    const object = part("event-text");

    const write = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 1));

    const mark = (column) => {
      box.querySelectorAll(".wb-on").forEach((cell) => cell.classList.remove("wb-on"));
      const cells = box.querySelectorAll("[data-col]");
      cells.forEach((cell) => cell.classList.toggle("wb-on", cell.dataset.col === column));
    };

    const show = (button) => {
      const cell = button.closest("[data-col]");
      const column = cell ? cell.dataset.col : "";
      const frame = payload.frames[column];
      const lane = button.closest("tr").querySelector("th");
      head.textContent = frame ? frame[0] + (frame[1] ? `, event ${frame[1]}` : "") : "before the first frame";
      bytes.textContent = frame ? frame[2] : "";
      const key = button.dataset.e;
      title.textContent = key ? `what ${lane.firstElementChild.textContent} hands out then` : "";
      object.textContent = key ? write(payload.events[key]) : "";
      object.parentElement.hidden = !key;
      panel.hidden = false;
      mark(column);
    };

    const buttons = "button.wb-chip, button.wb-frame";
    const react = (event) => {
      const button = event.target.closest(buttons);
      if (button) show(button);
    };
    box.addEventListener("focusin", react);
    box.addEventListener("mouseover", react);
    box.addEventListener("click", react);

    // One stop for the Tab key; arrows move along a lane and between lanes.
    const all = [...box.querySelectorAll(buttons)];
    all.forEach((button, index) => button.setAttribute("tabindex", index ? "-1" : "0"));
    const go = (button) => {
      if (!button) return;
      all.forEach((one) => one.setAttribute("tabindex", one === button ? "0" : "-1"));
      button.focus();
    };
    box.addEventListener("keydown", (event) => {
      const button = event.target.closest(buttons);
      if (!button) return;
      const row = button.closest("tr");
      const inRow = [...row.querySelectorAll(buttons)];
      const at = inRow.indexOf(button);
      if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        go(inRow[at + (event.key === "ArrowRight" ? 1 : -1)]);
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const next = event.key === "ArrowDown" ? "nextElementSibling" : "previousElementSibling";
        const column = button.closest("[data-col]").cellIndex;
        let other = row[next];
        while (other && !other.cells[column].querySelector(buttons)) other = other[next];
        if (other) go(other.cells[column].querySelector(buttons));
      } else {
        return;
      }
      event.preventDefault();
    });
  };

  // A fragment may name something inside a closed <details>: open what hides it.
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let up = target.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  };

  // The theme gives its search the role of a dialog, and no name.
  document.querySelector(".md-search[role='dialog']")?.setAttribute("aria-label", "Search");

  document.querySelectorAll("[data-lanes]").forEach(start);
  addEventListener("hashchange", reveal);
  reveal();
})();
