// Lets the demo page move by itself: mail appears as it arrives, and the clock can run. All of it can also be done without
// this file, by links and buttons; so nothing here knows anything that the server has not said.
"use strict";

const main = document.getElementById("main");
const said = document.getElementById("said");
const reader = document.getElementById("reader");
const run = document.getElementById("run");
const narrow = window.matchMedia("(max-width: 63.99rem)");
const shown = new Map([...document.querySelectorAll("[data-part]")].map((part) => [part.id, part.outerHTML]));
let queue = Promise.resolve();
let waiting = 0;
let running = false;

// Fetch the page that `url` names and put in place what has changed; the rest, and the reader's browser, stay as they are.
async function show(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`the demo answered ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const focused = document.activeElement?.id;
  for (const [id, html] of shown) {
    const part = page.getElementById(id);
    if (!part || part.outerHTML === html) continue;
    shown.set(id, part.outerHTML);
    document.getElementById(id).replaceWith(document.adoptNode(part));
  }
  Object.assign(main.dataset, page.getElementById("main").dataset);
  document.title = page.title;
  said.textContent = page.getElementById("said").textContent;
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return response.url;
}

// One thing after the other; a demo that was stopped says so instead of failing in silence.
function inTurn(work) {
  waiting += 1;
  main.setAttribute("aria-busy", "true");
  queue = queue
    .then(work)
    .catch(() => {
      running = false;
      run.textContent = "Let it run";
      said.textContent = "The demo does not answer. Is it still running?";
    })
    .finally(() => {
      waiting -= 1;
      if (!waiting) main.removeAttribute("aria-busy");
    });
  return queue;
}

const turn = (by) =>
  inTurn(async () => {
    const form = document.getElementById("turn");
    const body = new URLSearchParams(new FormData(form));
    body.set("by", by);
    history.replaceState(null, "", await show(form.action, { method: "POST", body }));
    if (!running) freshen();
  });

document.getElementById("turn").addEventListener("submit", (event) => {
  event.preventDefault();
  turn(event.submitter.value);
});

// A reply that is sent: the mail that answers it opens, and what was kept is in view.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-swap]");
  if (!form) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  inTurn(async () => {
    const url = await show(form.action, { method: "POST", body });
    history.pushState(null, "", url);
    document.getElementById("kept").scrollIntoView({ block: "nearest" });
  });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  inTurn(async () => {
    await show(link.href);
    history.pushState(null, "", link.href);
    if (narrow.matches) document.getElementById(link.hash.slice(1))?.scrollIntoView();
  });
});

window.addEventListener("popstate", () => inTurn(() => show(location.href)));

// The clock that runs: a day a second, until there is nothing to come.
run.hidden = false;
run.addEventListener("click", async () => {
  if (running) return stop();
  running = true;
  run.textContent = "Stop";
  const hoped = main.dataset.coming === "yes";
  while (running) {
    const second = new Promise((done) => setTimeout(done, 1000));
    await turn("day");
    if (hoped && main.dataset.coming === "no") stop();
    await second;
  }
});

function stop() {
  running = false;
  run.textContent = "Let it run";
  freshen();
}

// Where the reader's browser is; nowhere that we can see, if the page there failed to load.
function place() {
  try {
    return reader.contentWindow.location.pathname;
  } catch {
    return "";
  }
}

// A sign-up form is good for some hours, and the clock has just moved by more: open it anew, unless somebody has begun to fill it in.
function freshen() {
  const signUp = /^\/(c\/[^/]+)?$/.test(place());
  const begun = signUp && reader.contentDocument.querySelector("input[name=email]")?.value;
  if (signUp && !begun) reader.contentWindow.location.replace(place());
}

// Mail that arrives by itself: ask once a second whether there is anything new; a new address opens its own mailbox.
setInterval(async () => {
  if (waiting || running || document.hidden || document.getElementById("words")?.value) return; // somebody writes a reply
  const news = await fetch("/demo/pulse").then((response) => response.json()).catch(() => null);
  if (!news || news.pulse === main.dataset.pulse) return;
  const url = news.boxes > Number(main.dataset.boxes) ? main.dataset.newest : location.href;
  const { boxes, mails } = main.dataset;
  inTurn(async () => {
    await show(url);
    history.replaceState(null, "", url);
    if (main.dataset.boxes !== boxes || main.dataset.mails !== mails) said.textContent ||= "New mail";
  });
}, 1000);

// On a narrow screen a mail is as long as it is, without a window of its own to scroll in.
function fit() {
  const body = document.getElementById("body");
  const page = body?.contentDocument?.documentElement;
  if (page) body.style.height = narrow.matches ? `${page.scrollHeight}px` : "";
}

// What the reader's browser shows, for opening it in a tab of its own.
function follow() {
  if (place().startsWith("/")) document.getElementById("page-alone").href = place();
}

document.addEventListener(
  "load",
  (event) => {
    if (event.target.id === "body") fit();
    if (event.target.id === "reader") follow();
  },
  true,
);
window.addEventListener("resize", fit);
fit();
