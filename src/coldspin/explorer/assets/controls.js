/* What is typed: read from the form into the state that is sent, sliders beside their fields, and choices that a file offers.
   Nothing here asks the server. */
"use strict";
(function () {
  const $ = (id) => document.getElementById(id);
  const SECONDS = { ps: 1e-12, ns: 1e-9, us: 1e-6, "µs": 1e-6, "μs": 1e-6, ms: 1e-3, s: 1 };

  function gather(columns) {
    const form = $("form");
    const given = { tab: document.body.dataset.tab, stages: stages(), model: $("model").value, ...columns };
    for (const input of form.elements) {
      if (!input.name || (input.type === "radio" && !input.checked)) continue;
      given[input.name] = input.type === "checkbox" ? input.checked : input.value;
    }
    given.free = $("free").dataset.free;
    return given;
  }
  function stages() {
    return Array.from(document.querySelectorAll("#stages tbody tr"), (row) => {
      const cell = (key) => row.querySelector(`[data-key=${key}]`);
      return { kind: cell("kind").value, field: cell("field").value, duration: cell("duration").value,
        spin: cell("spin").value, sudden: cell("sudden").checked };
    });
  }
  function arrange() {
    const material = $("material").value;
    const form = material === "own nuclei" ? "own" : material === "TOML below" ? "table" : "library";
    for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== form;
    for (const panel of document.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== document.body.dataset.tab;
    for (const name of ["curves", "protocol", "data"]) {
      const drawn = $(`figures-${name}`);
      if (drawn) drawn.hidden = name !== document.body.dataset.tab;
    }
    window.dispatchEvent(new Event("resize"));
  }

  // sliders: a power of ten beside a number with a unit
  function plain(text) {
    const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-zµμ]*)\s*$/i.exec(text);
    if (!match) return NaN;
    const size = match[2] === "" ? 1 : SECONDS[match[2]];
    return size === undefined ? NaN : Number(match[1]) * size;
  }
  function typed(name, value) {
    if (name !== "correlation_time") return Number(value.toPrecision(3)).toString();
    const unit = ["s", "ms", "us", "ns", "ps"].find((one) => value >= 0.9995 * SECONDS[one]) || "ps";
    return `${Number((value / SECONDS[unit]).toPrecision(3))} ${unit}`;
  }
  function followSlider(slider) {
    const field = $(slider.dataset.for);
    field.value = typed(slider.dataset.for, 10 ** Number(slider.value));
    slider.setAttribute("aria-valuetext", field.value);
  }
  function followField(field) {
    const slider = $(`slide-${field.id}`);
    const value = slider ? plain(field.value) : NaN;
    if (slider && value > 0) {
      slider.value = Math.log10(value);
      slider.setAttribute("aria-valuetext", field.value);
    }
  }
  function fillColumns(found) {
    for (const select of document.querySelectorAll("[data-column]")) {
      const key = select.dataset.column;
      const chosen = found.chosen[["x", "y", "error"].indexOf(key)];
      const names = key === "error" ? ["", ...found.columns] : found.columns;
      select.replaceChildren(...names.map((name) => new Option(name || "none", name, name === chosen, name === chosen)));
    }
    $("file-name").textContent = found.name;
  }
  function fillFree(parameters) {
    const place = $("free");
    const legend = place.querySelector("legend");
    place.replaceChildren(legend, ...parameters.map(([name, meaning, on]) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox"; box.value = name; box.checked = on;
      label.append(box, meaning);
      return label;
    }));
  }
  const columnsChosen = () => Object.fromEntries(["x", "y", "error"].map((key) => [key, $(`column-${key}`).value]));
  window.coldspinControls = { gather, arrange, followSlider, followField, fillColumns, fillFree, columnsChosen };
})();
