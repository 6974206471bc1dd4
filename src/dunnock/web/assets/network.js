// The picture of a network where scripts run: moved, enlarged, asked, and wound back. The form and the tables work by themselves.

const figure = document.querySelector("figure.network[data-graph]");
const form = document.getElementById("picture");
const chosen = document.getElementById("chosen");
const winder = document.getElementById("winder");
const STEPS = 240;
const NEAR = 16;
const still = matchMedia("(prefers-reduced-motion: reduce)");

// What spreads the accounts: those that are tied pull, all that are near push, and each step moves less than the one before.

const spreader = (graph) => {
  const { x, y, ties } = graph;
  const number = x.length;
  const ideal = 900 / Math.sqrt(Math.max(number, 1));
  const far = (number > 300 ? 2 : 3) * ideal;
  const strong = number > 300 ? 3 : 1;
  const pull = new Float64Array(number);
  for (const [a, b] of ties) [pull[a], pull[b]] = [pull[a] + 1, pull[b] + 1];
  const dx = new Float64Array(number);
  const dy = new Float64Array(number);
  let step = 0;
  const push = (one, other) => {
    const right = x[one] - x[other] || (one - other) * 0.01;
    const down = y[one] - y[other];
    const square = right * right + down * down;
    if (square > far * far) return;
    const force = (ideal * ideal) / Math.max(square, 0.01);
    dx[one] += right * force;
    dy[one] += down * force;
    dx[other] -= right * force;
    dy[other] -= down * force;
  };
  return () => {
    dx.fill(0);
    dy.fill(0);
    const cells = new Map();
    for (let one = 0; one < number; one++) {
      const key = Math.floor(x[one] / far) * 65_536 + Math.floor(y[one] / far);
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(one);
    }
    for (const [key, here] of cells) {
      for (let at = 0; at < here.length; at++) for (let next = at + 1; next < here.length; next++) push(here[at], here[next]);
      for (const beside of [1, 65_535, 65_536, 65_537]) {
        const there = cells.get(key + beside);
        if (there) for (const one of here) for (const other of there) push(one, other);
      }
    }
    for (const [a, b] of ties) {
      const right = x[a] - x[b];
      const down = y[a] - y[b];
      const force = (strong * Math.hypot(right, down)) / ideal / Math.sqrt(Math.max(pull[a], pull[b]));
      dx[a] -= right * force;
      dy[a] -= down * force;
      dx[b] += right * force;
      dy[b] += down * force;
    }
    const most = Math.max(0.5, 60 * (1 - step / STEPS) ** 2);
    for (let one = 0; one < number; one++) {
      dx[one] += (500 - x[one]) * 0.06;
      dy[one] += (500 - y[one]) * 0.06;
      const length = Math.hypot(dx[one], dy[one]) || 1;
      x[one] += (dx[one] / length) * Math.min(length, most);
      y[one] += (dy[one] / length) * Math.min(length, most);
    }
    step += 1;
    return step < STEPS;
  };
};

const show = (told) => {
  const { accounts, ties, traces, moments } = told;
  const graph = { x: Float64Array.from(accounts, (one) => one[5]), y: Float64Array.from(accounts, (one) => one[6]), ties };
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const words = figure.dataset;
  const moment = new Intl.DateTimeFormat(document.documentElement.lang.replace(/^en$/, "en-GB"), { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
  const beside = accounts.map(() => new Set());
  for (const [a, b] of ties) {
    beside[a].add(b);
    beside[b].add(a);
  }
  let view = { x: 500, y: 500, scale: 0.5 };
  let moved = false;
  let picked = -1;
  let until = moments.at(-1) ?? 0;
  const kinds = () => new Set([...form.querySelectorAll("input[name='kinds[]']:checked")].map((one) => traces.indexOf(one.value)));
  let shown = kinds();
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words.label);
  canvas.setAttribute("aria-describedby", "picture-keys");

  // Colours and dashes are those of the legend, so that they follow the light, the contrast and the sheet.

  const look = (selector) => {
    const one = document.querySelector(selector);
    const style = one ? getComputedStyle(one) : undefined;
    const dashes = style?.strokeDasharray.match(/[\d.]+/g);
    return { colour: style?.stroke ?? "gray", dash: dashes ? dashes.map(Number) : [] };
  };
  let looks;
  const readLooks = () => {
    looks = { ties: traces.map((one) => look(`.swatch .t-${one}`)), core: look(".swatch .core"), amplifier: look(".swatch .amplifier"), ink: getComputedStyle(figure).color, card: getComputedStyle(figure.closest(".card")).backgroundColor };
  };
  readLooks();

  const size = () => ({ width: canvas.clientWidth, height: canvas.clientHeight });
  const fit = () => {
    const { width, height } = size();
    if (!accounts.length || !width) return;
    const [left, right] = [Math.min(...graph.x), Math.max(...graph.x)];
    const [top, bottom] = [Math.min(...graph.y), Math.max(...graph.y)];
    view = { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.min((width - 40) / Math.max(right - left, 40), (height - 40) / Math.max(bottom - top, 40)) };
  };
  const there = (one) => accounts[one][4] <= until;
  const place = (one) => {
    const { width, height } = size();
    return [width / 2 + (graph.x[one] - view.x) * view.scale, height / 2 + (graph.y[one] - view.y) * view.scale];
  };
  const smaller = Math.min(1, (150 / accounts.length) ** 0.35); // many points must not hide each other
  const radius = (one) => (accounts[one][2] === "amplifier" ? 3.5 : 5) * smaller * Math.min(1.6, Math.max(0.5, Math.sqrt(view.scale * 1.6)));
  const draw = () => {
    const { width, height } = size();
    const places = accounts.map((_, one) => place(one));
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const seen = ties.filter(([a, b, trace, , , at]) => at <= until && shown.has(trace) && there(a) && there(b));
    traces.forEach((_, trace) => {
      for (const near of [false, true]) {
        const held = seen.filter((one) => one[2] === trace && (picked >= 0 && (one[0] === picked || one[1] === picked)) === near);
        if (!held.length) continue;
        pen.globalAlpha = near ? 1 : picked >= 0 ? 0.12 : seen.length > 800 ? 0.35 : 0.7;
        pen.strokeStyle = looks.ties[trace].colour;
        pen.lineWidth = near ? 2.5 : 1.2;
        pen.setLineDash(looks.ties[trace].dash);
        pen.beginPath();
        for (const [a, b] of held) {
          pen.moveTo(...places[a]);
          pen.lineTo(...places[b]);
        }
        pen.stroke();
      }
    });
    pen.setLineDash([]);
    accounts.forEach(([, , role], one) => {
      if (!there(one)) return;
      const bright = picked < 0 || one === picked || beside[picked].has(one);
      pen.globalAlpha = bright ? 1 : 0.3;
      pen.beginPath();
      pen.arc(...places[one], radius(one), 0, 2 * Math.PI);
      pen.fillStyle = role === "amplifier" ? looks.card : looks.core.colour;
      pen.fill();
      pen.lineWidth = 1.5 * Math.max(smaller, 0.6);
      pen.strokeStyle = role === "amplifier" ? looks.amplifier.colour : looks.core.colour;
      pen.stroke();
    });
    pen.globalAlpha = 1;
    if (picked < 0 || !there(picked)) return;
    pen.beginPath();
    pen.arc(...places[picked], radius(picked) + 4, 0, 2 * Math.PI);
    pen.lineWidth = 2.5;
    pen.strokeStyle = looks.ink;
    pen.stroke();
    pen.font = getComputedStyle(figure).font;
    pen.textBaseline = "middle";
    const named = [picked, ...beside[picked]].filter(there).slice(0, 9);
    for (const one of named) {
      const said = `@${accounts[one][1]}`;
      const [x, y] = places[one];
      const left = x > width / 2;
      pen.textAlign = left ? "right" : "left";
      pen.lineWidth = 4;
      pen.strokeStyle = looks.card;
      pen.strokeText(said, x + (left ? -10 : 10), y);
      pen.fillStyle = looks.ink;
      pen.fillText(said, x + (left ? -10 : 10), y);
    }
  };
  let asked = 0;
  const redraw = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(draw);
  };

  // What is said of the account that one chose: below the picture, and to who listens.

  const pick = (one) => {
    picked = one;
    chosen.replaceChildren();
    if (one >= 0) {
      const [id, handle, role, score, at] = accounts[one];
      const link = document.createElement("a");
      link.href = `/admin/accounts/${id}`;
      const name = document.createElement("bdi");
      name.dir = "ltr";
      name.textContent = `@${handle}`;
      link.append(name);
      const tied = ties.filter(([a, b, trace, , , since]) => (a === one || b === one) && since <= until && shown.has(trace)).length;
      const rest = [role === "amplifier" ? words.amplifier : words.core, words.nats.replace("{}", score.toFixed(1)), words.since.replace("{}", moment.format(at)), words.ties.replace("{}", tied)];
      chosen.append(link, ` · ${rest.join(" · ")}`);
    } else chosen.textContent = words.none;
    redraw();
  };
  const nearest = (x, y, most) => {
    let best = -1;
    let least = most * most;
    accounts.forEach((_, one) => {
      if (!there(one)) return;
      const [right, down] = place(one);
      const square = (right - x) ** 2 + (down - y) ** 2;
      if (square < least) [best, least] = [one, square];
    });
    return best;
  };
  const toward = (right, down) => {
    if (picked < 0 || !there(picked)) return accounts.findIndex((_, one) => there(one));
    let best = picked;
    let least = Infinity;
    accounts.forEach((_, one) => {
      if (one === picked || !there(one)) return;
      const [x, y] = [graph.x[one] - graph.x[picked], graph.y[one] - graph.y[picked]];
      const along = x * right + y * down;
      const aside = Math.abs(x * down - y * right);
      if (along <= 0 || along < aside / 2) return;
      const cost = along + 2 * aside;
      if (cost < least) [best, least] = [one, cost];
    });
    return best;
  };
  const zoom = (by, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) => {
    const { width, height } = size();
    const scale = Math.min(20, Math.max(0.1, view.scale * by));
    view.x += (x - width / 2) * (1 / view.scale - 1 / scale);
    view.y += (y - height / 2) * (1 / view.scale - 1 / scale);
    view.scale = scale;
    moved = true;
    redraw();
  };
  const pan = (right, down) => {
    view.x -= right / view.scale;
    view.y -= down / view.scale;
    moved = true;
    redraw();
  };
  const whole = () => {
    moved = false;
    fit();
    redraw();
  };

  canvas.addEventListener("keydown", (event) => {
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) {
      pick(toward(...arrow));
      if (picked >= 0) {
        const [x, y] = place(picked);
        const { width, height } = size();
        if (x < 0 || y < 0 || x > width || y > height) pan(width / 2 - x, height / 2 - y);
      }
    } else if (event.key === "Enter" && picked >= 0) chosen.querySelector("a").click();
    else if (event.key === "+") zoom(1.3);
    else if (event.key === "-") zoom(1 / 1.3);
    else if (event.key === "0") whole();
    else if (event.key === "Escape") pick(-1);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("wheel", (event) => {
    if (document.activeElement !== canvas && !event.ctrlKey) return; // the page goes on until one chose the picture
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  }, { passive: false });
  const fingers = new Map();
  let went = 0;
  canvas.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event);
    canvas.setPointerCapture(event.pointerId);
    went = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const [right, down] = [event.clientX - before.clientX, event.clientY - before.clientY];
    const other = [...fingers.values()].find((one) => one.pointerId !== event.pointerId);
    if (other) {
      const box = canvas.getBoundingClientRect();
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      zoom(apart(event) / apart(before), (event.clientX + other.clientX) / 2 - box.left, (event.clientY + other.clientY) / 2 - box.top);
    }
    went += Math.abs(right) + Math.abs(down);
    if (went > 4) pan(right / fingers.size, down / fingers.size);
    fingers.set(event.pointerId, event);
  });
  const lift = (event) => {
    if (fingers.delete(event.pointerId) && event.type === "pointerup" && went <= 4) pick(nearest(event.offsetX, event.offsetY, NEAR));
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  figure.querySelector(".tools").addEventListener("click", (event) => {
    const what = event.target.closest("button")?.value;
    if (what === "in") zoom(1.3);
    else if (what === "out") zoom(1 / 1.3);
    else if (what === "fit") whole();
  });
  form.addEventListener("change", () => {
    shown = kinds();
    pick(picked);
  });

  // Winding: the field of the form says the same moment, for the tables and for who leads somebody else here.

  const slider = winder.querySelector("input");
  const output = winder.querySelector("output");
  const wind = (number) => {
    slider.value = number;
    until = moments[number];
    const ended = number === moments.length - 1;
    form.elements.until.value = ended ? "" : new Date(until).toISOString().slice(0, 16);
    const there_now = accounts.filter((one) => one[4] <= until).length;
    const said = words.wound.replace("{at}", moment.format(until)).replace("{n}", there_now).replace("{all}", accounts.length);
    output.textContent = said;
    slider.setAttribute("aria-valuetext", said);
    redraw();
  };
  let playing;
  const play = winder.querySelector("button");
  const stop = () => {
    clearInterval(playing);
    playing = undefined;
    play.textContent = words.play;
  };
  if (moments.length > 1) {
    slider.max = moments.length - 1;
    const asked_for = Date.parse(`${form.elements.until.value}Z`);
    const first = Number.isNaN(asked_for) ? moments.length - 1 : moments.findLastIndex((at) => at < asked_for + 60_000);
    wind(Math.max(first, 0));
    winder.hidden = false;
    slider.addEventListener("input", () => {
      stop();
      wind(Number(slider.value));
    });
    play.addEventListener("click", () => {
      if (playing) return stop();
      let number = Number(slider.value) === moments.length - 1 ? -1 : Number(slider.value);
      play.textContent = words.pause;
      playing = setInterval(() => {
        number += 1;
        wind(number);
        if (number >= moments.length - 1) stop();
      }, 150);
    });
  }

  figure.querySelector("svg").replaceWith(canvas);
  figure.querySelector(".tools").hidden = false;
  document.getElementById("picture-keys").hidden = false;
  chosen.hidden = false;
  pick(-1);
  new ResizeObserver(() => {
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    if (!moved) fit();
    draw();
  }).observe(canvas);
  for (const wish of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"])
    matchMedia(wish).addEventListener("change", () => {
      readLooks();
      redraw();
    });
  const spread = spreader(graph);
  const on = () => {
    const end = performance.now() + 10;
    let more = true;
    while (more && performance.now() < end) more = spread();
    if (!moved) fit();
    if (!still.matches || !more) draw();
    if (more) requestAnimationFrame(on);
    else figure.dataset.ready = "";
  };
  requestAnimationFrame(on);
};

if (figure) {
  try {
    const answer = await fetch(figure.dataset.graph, { headers: { accept: "application/json" }, redirect: "manual" });
    if (answer.ok) show(await answer.json());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no connection: what the server drew stays
  }
}
