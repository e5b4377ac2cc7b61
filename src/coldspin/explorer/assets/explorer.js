/* The page between what is typed and what dash draws: collects the state, asks the server, shows answers.
   Every question carries the number of the state it is about, and an answer to an older state is not shown.
   controls.js and elements.js are loaded before it, in the order of their names. */
"use strict";
(function () {
  const tab = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const $ = (id) => document.getElementById(id);
  const { gather, arrange, followSlider, followField, fillColumns, fillFree, columnsChosen } = window.coldspinControls;
  const { table, list, paragraphs, showFindings, save } = window.coldspinElements;
  const PHYSICS = ["temperature", "spins", "dark", "coefficients"];
  const TEXTS = ["summary", "extrema", "ends", "validity", "remarks", "notes", "sample-line", "regime"];
  const LARGEST = 32 * 2 ** 20;
  let current = 0; // number of the state that is typed
  let askedAt = 0;
  let asked = 0; // of the state of which curves were asked and are not there yet; 0 for none
  let state = null;
  let upload = null; // { name, sha256 } of a data file that the server has
  let chosen = null; // the file itself, to send it again
  let curves = null;
  let figures = null;
  let recalled = ""; // constants of the material that nobody has verified
  let marks = [];
  let rest = ""; // what stands in the status line while nothing is computed
  let settled = null;
  let polling = null;
  let columns = {};
  const busy = new Set();
  const fitFiles = {};

  // the curves, which are to follow a slider, are asked and answered past dash's own code; what it would send is the same
  async function answerTo(task, data) {
    const end = (name) => ({ id: `${task}-${name}`, property: "data" });
    const asking = { output: `${task}-answer.data`, outputs: end("answer"), changedPropIds: [`${task}-request.data`],
      inputs: [{ ...end("request"), value: { ...data, tab: tab } }] };
    const reply = await fetch("/_dash-update-component", { method: "POST", body: JSON.stringify(asking),
      headers: { "Content-Type": "application/json" } });
    return (await reply.json()).response[`${task}-answer`].data;
  }
  const ask = (task, data) => window.dash_clientside.set_props(`${task}-request`, { data: { ...data, tab: tab } });

  /* ---- asking ---- */
  let waiting = null;
  function changed(delay) {
    current += 1;
    window.clearTimeout(waiting);
    window.clearTimeout(settled);
    if (busy.has("fit")) ask("cancel", { before: current });
    for (const task of ["details", "course", "data", "fit"]) busy.delete(task);
    busy.add("curves");
    clearProblems();
    if (current > 1) $("error-page").textContent = ""; // what is wrong with the link is said until something is changed
    rest = "";
    stale();
    tell();
    waiting = window.setTimeout(send, delay);
  }
  function send() {
    if (asked && asked !== current && Date.now() - askedAt < 10000) return; // the answer that is on its way sends the newest
    state = gather(columns);
    asked = current;
    askedAt = Date.now();
    busy.add("curves");
    answerTo("curves", { n: current, state: state }).then(curvesAnswer, unanswered);
    tell();
  }
  function unanswered() {
    asked = 0;
    tell("The server does not answer. Is coldspin explore still running?");
  }
  function settle() {
    window.clearTimeout(settled);
    const next = { protocol: "course", data: upload ? "data" : null, curves: "details" }[document.body.dataset.tab];
    if (next) busy.add(next);
    settled = window.setTimeout(() => {
      if (next) start(next, next === "data" ? upload : null);
    }, 180);
  }
  function start(task, given) {
    busy.add(task);
    ask(task, { n: current, task: task, state: state, given: given || null });
    poll();
    tell();
  }
  function poll() {
    if (polling) return;
    polling = window.setInterval(() => {
      if (!["details", "course", "data", "fit", "file"].some((task) => busy.has(task))) {
        window.clearInterval(polling);
        polling = null;
      } else ask("progress", { at: Date.now() });
    }, 400);
  }

  /* ---- what is told ---- */
  const WORDS = { curves: "curves", details: "maxima and map", course: "course of the protocol", data: "data", fit: "fit", file: "file", sending: "the file is sent" };
  function tell(text) {
    const doing = Array.from(busy, (task) => WORDS[task]);
    $("status").textContent = text || (doing.length ? `Computing: ${doing.join(", ")} …` : rest || "All that is shown is current.");
    const long = busy.size && !(busy.size === 1 && busy.has("curves"));
    $("progress").hidden = $("cancel").hidden = !long;
    if (!long) $("progress").removeAttribute("value");
    document.body.dataset.busy = busy.size ? "yes" : "no";
  }
  function stale() {
    marks = [];
    for (const id of ["findings", "fit-files"]) $(id).replaceChildren();
    for (const id of TEXTS) $(id).classList.add("stale-text");
    for (const name of [...PHYSICS, "map", "course", "data", "fit"]) $(`figure-${name}`)?.classList.add("stale");
  }
  function clearProblems() {
    for (const place of document.querySelectorAll(".error:not(#error-page)")) place.textContent = "";
    for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }
  function problem(sentence, at) {
    const place = $(`error-${at}`) || $("error-page");
    place.textContent = sentence;
    if ($(at)) $(at).setAttribute("aria-invalid", "true");
    if (place.closest("[hidden]")) $("error-page").textContent = sentence;
    if (at !== "download") rest = `Not computed: ${sentence}`;
    tell();
  }
  let drawings = 0;
  function draw(name, figure, number) {
    $(`figure-${name}`).hidden = false;
    drawings += 1;
    const meta = drawings; // plotly hands it on, which tells that this very figure is drawn
    window.dash_clientside.set_props(`graph-${name}`, { figure: { ...figure, layout: { ...figure.layout, meta: meta } } });
    const about = number === undefined ? current : number;
    const look = () => {
      if (about !== current) return;
      const drawn = document.querySelector(`#graph-${name} .js-plotly-plot`)?._fullLayout?.meta;
      if (drawn >= meta) $(`figure-${name}`).classList.remove("stale");
      else window.setTimeout(look, drawn === undefined ? 20 : 1);
    };
    look();
  }
  const withMarks = () => ({ ...figures.temperature, data: [...figures.temperature.data, ...marks] });

  function showCurves(found, number) {
    curves = number;
    figures = found.figures;
    if (document.body.dataset.tab !== "curves") return; // a change of tab asks again
    draw("temperature", withMarks(), number);
    $("sample-line").textContent = found.sample;
    $("about-temperature").textContent = `Fields ${found.fields}, by ${found.method}.`;
    recalled = found.recalled;
    $("sample-line").classList.remove("stale-text");
  }
  function showRest(found, number) {
    const names = PHYSICS.slice(1);
    const next = () => { // one a frame, so that no curve waits long for the others
      if (current !== number || document.body.dataset.tab !== "curves") return;
      const name = names.shift();
      if (!name) return report(found);
      draw(name, found.figures[name], number);
      window.requestAnimationFrame(() => window.setTimeout(next, 0));
    };
    window.requestAnimationFrame(() => window.setTimeout(next, 0));
  }
  function report(found) {
    table($("validity"), found.validity.heads, found.validity.rows);
    list($("remarks"), found.validity.remarks);
    $("regime").textContent = `Worst level: ${found.validity.level}. ${found.validity.regime}`;
    paragraphs($("notes"), [...found.notes.map((text) => `Note: ${text}.`),
      ...(recalled ? [`Recalled, not verified: ${recalled}.`] : [])]);
    for (const id of ["validity", "remarks", "notes", "regime"]) $(id).classList.remove("stale-text");
  }
  function link(query) {
    const address = query ? `?${query}` : window.location.pathname;
    window.history.replaceState(null, "", address);
    $("link").href = address;
  }
  const done = (task) => { busy.delete(task); tell(); };

  /* ---- answers ---- */
  const NOTHING = () => window.dash_clientside.no_update;
  function placeOf(task, found) {
    if (task === "file") return "download";
    if (task !== "data" && task !== "fit") return found.at;
    return found.at && $(found.at) ? found.at : "file";
  }
  function answered(task, show) {
    return (found) => {
      if (!found || found.gone) {
        if (found && found.n === current) done(task);
        return NOTHING();
      }
      if (found.n !== current && task !== "file") return NOTHING();
      if (found.resend) { resend(task, found.n); return NOTHING(); }
      busy.delete(task);
      if (found.problem) problem(found.problem, placeOf(task, found));
      else { show(found); tell(); }
      return NOTHING();
    };
  }
  function curvesAnswer(found) {
    const late = found.n !== current;
    asked = 0;
    if (late) { window.clearTimeout(waiting); send(); }
    if (found.query !== undefined && !late) window.setTimeout(() => { if (found.n === current) link(found.query); }, 0);
    if (found.problem) {
      if (!late) { busy.delete("curves"); problem(found.problem, found.at); }
      return;
    }
    const drawn = !found.slow && found.figures;
    const more = drawn && !late && document.body.dataset.tab === "curves";
    if (more) answerTo("rest", { n: found.n, state: state }).then(restAnswer, unanswered); // while the first is drawn
    else if (!late) busy.delete("curves");
    if (drawn && !(late && curves > found.n)) showCurves(found, found.n);
    if (!late) { settle(); tell(); }
  }
  function restAnswer(found) {
    if (found.n !== current) return;
    busy.delete("curves");
    if (found.problem) problem(found.problem, found.at);
    else { showRest(found, found.n); tell(); }
  }
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explorer = {
    begin: () => { window.setTimeout(begin, 0); return NOTHING(); },
    detailsAnswer: answered("details", (found) => {
      if (found.curves) { link(found.curves.query); showCurves(found.curves, found.n); showRest(found.rest, found.n); }
      marks = found.marks;
      if (marks.length) draw("temperature", withMarks());
      draw("map", found.map);
      $("about-map").textContent = `|β| by ${found.map_method}; the dashed line is the correlation time of the sample.`;
      $("summary").textContent = found.summary;
      if (found.table) table($("extrema"), found.table.heads, found.table.rows);
      else $("extrema").replaceChildren();
      for (const id of ["summary", "extrema"]) $(id).classList.remove("stale-text");
    }),
    courseAnswer: answered("course", (found) => {
      draw("course", found.figure);
      table($("ends"), found.table.heads, found.table.rows, found.caption);
      $("ends").classList.remove("stale-text");
    }),
    dataAnswer: answered("data", (found) => {
      fillColumns(found);
      fillFree(found.parameters);
      paragraphs($("data-notes"), found.notes);
      if (found.figure) draw("data", found.figure);
    }),
    fitAnswer: answered("fit", (found) => {
      draw("fit", found.figure);
      window.dispatchEvent(new Event("resize"));
      Object.assign(fitFiles, found.files);
      showFindings(found);
    }),
    fileAnswer: answered("file", (found) => save(found.name, found.content)),
    progressAnswer: (found) => {
      const jobs = Object.values(found || {}).filter(Array.isArray);
      if (jobs.length && busy.size) {
        const [label, share] = jobs[0];
        $("progress").value = share;
        tell(`Computing: ${label}, ${Math.round(100 * share)}% …`);
      }
      return NOTHING();
    },
    cancelAnswer: (found) => {
      if (found && found.shown) {
        busy.clear();
        rest = "Cancelled. What is greyed is not current.";
        tell();
      }
      return NOTHING();
    },
  };

  /* ---- data ---- */
  function take(file) {
    if (!file) return;
    $("error-file").textContent = "";
    if (file.size > LARGEST) {
      $("error-file").textContent = `${file.name} has ${Math.ceil(file.size / 2 ** 20)} MiB, more than the ${LARGEST / 2 ** 20} MiB that the page takes; thin it out.`;
      $("file").value = "";
      return;
    }
    chosen = file;
    busy.add("sending");
    tell();
    sent(file).then((found) => {
      if (chosen !== file) return; // another was chosen meanwhile
      busy.delete("sending");
      upload = found;
      $("file-name").textContent = file.name;
      $("data-notes").replaceChildren(); // they are of the file before
      columns = { x: "", y: "", error: "" };
      $("free").dataset.free = "";
      changed(0);
    }, () => unsent(file));
  }
  async function sent(file) { // the browser reads and sends it beside the page
    const reply = await fetch(`/_upload?${new URLSearchParams({ tab: tab, name: file.name })}`, { method: "POST", body: file,
      headers: { "Content-Type": "application/octet-stream" } });
    return { name: file.name, sha256: (await reply.json()).sha256 };
  }
  function unsent(file) {
    busy.delete("sending");
    tell();
    $("error-file").textContent = `${file.name} cannot be read or sent; choose it again.`;
  }
  function resend(task, number) {
    sent(chosen).then(() => { if (number === current) start(task, upload); }, () => { done(task); unsent(chosen); });
  }

  /* ---- events ---- */
  function choose(name, focus) {
    document.body.dataset.tab = name;
    for (const button of document.querySelectorAll("[role=tab]")) {
      const on = button.dataset.tab === name;
      button.setAttribute("aria-selected", on);
      button.tabIndex = on ? 0 : -1;
      if (on && focus) button.focus();
    }
    arrange();
    changed(0);
  }
  function begin() {
    arrange();
    for (const name of ["correlation_time", "filling"]) followField($(name));
    columns = columnsChosen();
    const form = $("form");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      const input = event.target;
      if (input.type === "range") followSlider(input);
      else followField(input);
      if (input.id === "material") arrange();
      changed(input.type === "text" || input.tagName === "TEXTAREA" ? 250 : 0);
    });
    $("stages").addEventListener("input", (event) => changed(event.target.type === "text" ? 250 : 0));
    $("stages").addEventListener("click", (event) => {
      if (event.target.dataset.act !== "remove") return;
      event.target.closest("tr").remove();
      $("add-stage").focus();
      changed(0);
    });
    $("add-stage").addEventListener("click", () => {
      $("stages").tBodies[0].append($("stage-template").content.cloneNode(true));
      changed(0);
    });
    const tabs = Array.from(document.querySelectorAll("[role=tab]"));
    tabs.forEach((button, i) => {
      button.addEventListener("click", () => choose(button.dataset.tab, false));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) choose(tabs[(i + step + tabs.length) % tabs.length].dataset.tab, true);
      });
    });
    $("model").addEventListener("change", () => { $("free").dataset.free = ""; columns = { x: "", y: "", error: "" }; changed(0); });
    for (const select of document.querySelectorAll("[data-column]"))
      select.addEventListener("change", () => {
        columns = columnsChosen();
        changed(0);
      });
    $("free").addEventListener("change", () => {
      $("free").dataset.free = Array.from($("free").querySelectorAll("input:checked"), (box) => box.value).join(", ");
      changed(0);
    });
    $("file").addEventListener("change", () => take($("file").files[0]));
    const drop = $("drop");
    for (const kind of ["dragover", "dragleave", "drop"])
      drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.toggle("over", kind === "dragover"); });
    drop.addEventListener("drop", (event) => take(event.dataTransfer.files[0]));
    for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
    $("fit").addEventListener("click", () => {
      if (!upload) return problem("There is no data file; choose one, or drop it on the page.", "file");
      state = gather(columns);
      start("fit", upload);
    });
    $("cancel").addEventListener("click", () => {
      window.clearTimeout(settled); // what has not been asked yet is not asked any more
      ask("cancel", { before: current + 1, shown: true });
    });
    $("copy").addEventListener("click", () => navigator.clipboard.writeText($("link").href).then(
      () => tell("The link is copied."), () => tell("The browser did not let the link be copied; copy it from the address bar.")));
    document.body.addEventListener("click", (event) => {
      const { content, kind, file } = event.target.dataset;
      if (file) save(file, fitFiles[file]);
      if (!content) return;
      $("error-download").textContent = "";
      state = gather(columns);
      start("file", { content: content, kind: kind });
    });
    window.setInterval(() => {
      if (asked && Date.now() - askedAt > 15000)
        tell("The server has not answered for a while. Is coldspin explore still running?");
    }, 5000);
    changed(0);
  }
})();
