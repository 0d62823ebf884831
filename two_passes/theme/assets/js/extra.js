// What this book adds to every page.

import "./passes.js";
import "./open-lab.js";
import "./valley.js";
