/* Tables, lists and findings of an answer, always as text and never as HTML, and files that are saved. */
"use strict";
(function () {
  const $ = (id) => document.getElementById(id);
  function table(place, heads, rows, caption) {
    const made = document.createElement("tbody");
    const head = document.createElement("thead");
    const line = (cells, kind) => {
      const row = document.createElement("tr");
      cells.forEach((text, i) => {
        const cell = document.createElement(kind);
        cell.textContent = text;
        if (kind === "th") cell.scope = "col";
        if (kind === "td" && i === 0 && heads[0] === "level") cell.className = `level level-${text}`;
        row.append(cell);
      });
      return row;
    };
    head.append(line(heads, "th"));
    for (const cells of rows) made.append(line(cells, "td"));
    place.replaceChildren(head, made);
    if (caption) {
      const title = document.createElement("caption");
      title.textContent = caption;
      place.prepend(title);
    }
  }
  function list(place, lines) {
    place.replaceChildren(...lines.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }
  function paragraphs(place, lines) {
    place.replaceChildren(...lines.map((text) => {
      const made = document.createElement("p");
      made.textContent = text;
      return made;
    }));
  }
  function showFindings(found) {
    const made = [];
    for (const part of found.said) {
      const head = document.createElement("h2");
      head.textContent = part.heading;
      const lines = document.createElement("ul");
      list(lines, part.lines);
      made.push(head, lines);
    }
    for (const text of found.doubts) { const p = document.createElement("p"); p.textContent = `Doubtful: ${text}.`; made.push(p); }
    for (const one of found.tables) {
      const scroll = document.createElement("div");
      scroll.className = "scroll"; scroll.tabIndex = 0; scroll.setAttribute("role", "region"); scroll.setAttribute("aria-label", one.caption);
      const place = document.createElement("table");
      table(place, one.heads, one.rows, one.caption);
      scroll.append(place); made.push(scroll);
    }
    $("findings").replaceChildren(...made);
    $("fit-files").replaceChildren(...Object.keys(found.files).map((name) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button"; button.dataset.file = name; button.textContent = name;
      item.append(button);
      return item;
    }));
  }
  function save(name, content) {
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    anchor.download = name;
    anchor.click();
    window.setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  }
  window.coldspinElements = { table, list, paragraphs, showFindings, save };
})();
