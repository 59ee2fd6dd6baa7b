(function () {
  "use strict";
  var elsewhere = "https://www.wikipedia.org/";
  var longest = 3000; // from the first of three presses to the last, in milliseconds
  var alone = false, presses = [];

  // One word in this tab's own memory, written by leaving and by nothing else: by it Back finds no page of ours.
  function tab(act) {
    try { return act(sessionStorage); } catch (_) { return null; }
  }
  function leave() {
    document.documentElement.hidden = true;
    tab(function (memory) { memory.setItem("left", "1"); });
    (window.top || window).location.replace(elsewhere);
  }
  function left() {
    return tab(function (memory) { return memory.getItem("left"); });
  }

  var way = performance.getEntriesByType("navigation")[0];
  if (way && way.type === "back_forward" && left()) leave();
  else tab(function (memory) { memory.removeItem("left"); });
  addEventListener("pageshow", function (event) { if (event.persisted && left()) leave(); });

  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("#exit")) return;
    event.preventDefault();
    leave();
  });

  // Shift by itself, three times. Whoever writes presses it together with another key, and that never counts.
  function forget() {
    alone = false;
    presses = [];
  }
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Shift" || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) forget();
    else if (!event.repeat) alone = true;
  }, true);
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses = presses.concat(event.timeStamp).slice(-3);
    if (presses.length === 3 && presses[2] - presses[0] <= longest) leave();
  }, true);
  document.addEventListener("pointerdown", forget, true);
})();
