// What a page does beyond being read. Every module is an addition: without scripts the page is complete.
// The build joins these modules, in this order, into assets/tp.js (literate/scripts.py).

import "./unseen.js";
import "./language.js";
import "./rail.js";
import "./symbols.js";
import "./terms.js";
import "./exercises.js";
import "./progress.js";
import "./try-it.js";
import "./journey.js";
import "./copy.js";
import "./maths.js";
import "./moving.js";
import "./border.js";
import "./product.js";
import "./blanks.js";
import "./scrolling.js";
import "./details.js";
import "./scheme.js";
import "./search.js";
import "./moved.js";
import "./offline.js";
import "./extra.js";
