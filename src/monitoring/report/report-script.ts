/**
 * The script of the report, as text: it has to stand in the page, and the page's policy knows it by its hash. It shows
 * what a mark stands for, also where there is no mouse, and counts what lies in a chosen span of time. Without it the
 * page shows everything all the same. A test checks its types, and another one runs it in a browser where there is one.
 * @internal
 */
export const REPORT_SCRIPT = `"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const tip = byId("tip");

  const showTip = (event) => {
    const mark = event.target instanceof Element ? event.target.closest("svg .mark") : null;
    if (mark === null) { tip.hidden = true; return; }
    const title = mark.querySelector(":scope > title");
    if (title !== null) {
      // The browser would show its own beside ours.
      mark.setAttribute("data-tip", title.textContent || "");
      title.remove();
    }
    tip.textContent = mark.getAttribute("data-tip");
    tip.hidden = false;
    const left = Math.min(event.clientX + 12, document.documentElement.clientWidth - tip.offsetWidth - 8);
    const fitsBelow = event.clientY + 20 + tip.offsetHeight < window.innerHeight;
    const top = fitsBelow ? event.clientY + 16 : event.clientY - tip.offsetHeight - 12;
    tip.style.left = Math.max(4, left) + window.scrollX + "px";
    tip.style.top = Math.max(0, top) + window.scrollY + "px";
  };
  document.addEventListener("pointermove", showTip);
  document.addEventListener("pointerdown", showTip);

  const captures = byId("captures");
  if (captures === null) return;
  const { rows, span } = JSON.parse(captures.textContent || "{}");
  const timed = [...document.querySelectorAll("svg")].filter((svg) => svg.hasAttribute("data-time"));
  const charts = timed.map((svg) => {
    const [from, to, left, right, top, bottom] = (svg.getAttribute("data-time") || "").split(" ").map(Number);
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    box.setAttribute("class", "selection");
    box.setAttribute("y", String(top));
    box.setAttribute("height", String(bottom - top));
    box.setAttribute("visibility", "hidden");
    svg.append(box);
    return { svg, box, from, to, left, right };
  });
  if (charts.length === 0) return;
  const { from: first, to: last } = charts[0];
  const marks = [...document.querySelectorAll(".mark[data-from]")].map((element) => ({
    element,
    from: Number(element.getAttribute("data-from")),
    to: Number(element.getAttribute("data-to")),
  }));
  const [fromInput, toInput] = document.querySelectorAll("input");
  const output = byId("range");
  const format = (time) => new Date(time).toISOString().slice(0, 19).replace("T", " ");
  const toTime = (step) => first + (Number(step) / 1000) * (last - first);

  const describe = (from, to, isAll) => {
    let count = 0, below = 0, sum = 0, least = Infinity, most = -Infinity;
    for (const [start, end, answers, unsure, confidence] of rows) {
      if (end <= from || start >= to) continue;
      count += answers; below += unsure; sum += confidence;
      least = Math.min(least, start); most = Math.max(most, end);
    }
    const range = isAll ? "The whole time" : span === "" || count === 0
      ? format(from) + " to " + format(to) + " UTC"
      : format(least) + " to " + format(most) + " UTC, in whole bins of " + span;
    if (count === 0) return range + ": no answers.";
    return range + ": " + count + (count === 1 ? " answer, " : " answers, ") + below + " below the threshold (" +
      ((below / count) * 100).toFixed(1) + " %), mean confidence " + (sum / count).toFixed(3) + ".";
  };

  const select = (from, to) => {
    const isAll = from <= first && to >= last;
    for (const { element, from: start, to: end } of marks) {
      element.classList.toggle("outside", !isAll && (end <= from || start >= to));
    }
    for (const { box, left, right } of charts) {
      const place = (time) => left + ((time - first) / (last - first)) * (right - left);
      box.setAttribute("x", String(place(from)));
      box.setAttribute("width", String(Math.max(0, place(to) - place(from))));
      box.setAttribute("visibility", isAll ? "hidden" : "visible");
    }
    fromInput.value = String(((from - first) / (last - first)) * 1000);
    toInput.value = String(((to - first) / (last - first)) * 1000);
    output.textContent = describe(from, to, isAll);
  };

  for (const { svg, left, right } of charts) {
    const timeAt = (event) => {
      const area = svg.getBoundingClientRect();
      const x = ((event.clientX - area.left) / area.width) * svg.viewBox.baseVal.width;
      return first + (Math.min(1, Math.max(0, (x - left) / (right - left)))) * (last - first);
    };
    let begin = NaN;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      begin = timeAt(event);
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      if (Number.isNaN(begin)) return;
      const at = timeAt(event);
      select(Math.min(begin, at), Math.max(begin, at));
    });
    const end = (event) => {
      // A click without a move shows everything again.
      if (!Number.isNaN(begin) && Math.abs(timeAt(event) - begin) < (last - first) / 200) select(first, last);
      begin = NaN;
    };
    svg.addEventListener("pointerup", end);
    svg.addEventListener("pointercancel", () => { begin = NaN; });
  }
  for (const input of [fromInput, toInput]) {
    input.addEventListener("input", () => {
      const [one, other] = [toTime(fromInput.value), toTime(toInput.value)];
      select(Math.min(one, other), Math.max(one, other));
    });
  }
  byId("all").addEventListener("click", () => select(first, last));
  select(first, last);
  byId("brush").hidden = false;
})();
`;
