// Puts the token of a mailed link into the form, and out of the address bar and the history.
"use strict";
const field = document.getElementById("token");
if (field && location.hash.length > 1) {
  field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
