(function () {
  "use strict";
  var select = document.getElementById("zone");
  var here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!here || here === "UTC" || here.indexOf("/") < 0) return;
  var listed = Array.prototype.some.call(select.options, function (option) { return option.value === here; });
  if (!listed) select.add(new Option(here.split("/").pop().replace(/_/g, " "), here), 1);
  select.value = here;
})();
