(function () {
  "use strict";
  var link = document.getElementById("exit");
  var presses = 0;
  function leave(event) {
    if (event) event.preventDefault();
    document.documentElement.hidden = true;
    location.replace(link.href);
  }
  link.addEventListener("click", leave);
  document.addEventListener("keydown", function (event) {
    if (event.repeat) return;
    presses = event.key === "Shift" ? presses + 1 : 0;
    if (presses === 3) leave();
  });
})();
