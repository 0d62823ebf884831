// A section that has moved to another page: an old link to it leads there (literate/publish.py writes the list).

import { idIn } from "./page.js";

const moved = JSON.parse(document.getElementById("tp-moved")?.textContent ?? "{}");
const follow = () => {
  const id = idIn(location.hash);
  if (Object.hasOwn(moved, id)) location.replace(moved[id]);
};
follow();
addEventListener("hashchange", follow);
