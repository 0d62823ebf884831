// What katex.py calls: the HTML of a formula, or what KaTeX says of it. DRAWN: the classes that its style sheet knows.
//
// KaTeX writes an element and a class for every atom. Those that no rule draws are left out: a browser would lay them out
// for nothing.

const SIZES = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.44, 1.728, 2.074, 2.488]; // of size1 to size11
const BY_PLACE = ["vlist", "mfrac", "katex-inner", "delim-size1", "delim-size4"]; // rules draw the elements inside by their place

/** The nodes that are left of a node of KaTeX's tree. kept: how many levels of elements stay, for their place is of weight. */
function thin(node, kept) {
    if (!node.classes) return [node]; // a picture
    if (node.children && !node.setAttribute) return node.children.flatMap(child => thin(child, kept)); // no element of its own
    const names = node.classes.join(" ");
    const sizes = /(?:katex-sizing|fontsize-ensurer) reset-size(\d+) size(\d+)/.exec(names);
    node.classes = names.replace(sizes?.[0], "").split(" ").filter(name => DRAWN.has(name));
    if (sizes) node.style.fontSize = em(SIZES[sizes[2]] / SIZES[sizes[1]]);
    const inside = BY_PLACE.some(name => node.classes.includes(name)) ? 2 : kept - 1;
    node.children = node.children?.flatMap(child => thin(child, inside));
    if (node.attributes?.["data-symbol"]) carry(node);
    if (node.classes[0] === "msupsub") return [script(node) ?? node];
    const bare = !node.italic && !node.classes.length && !Object.keys({...node.attributes, ...node.style}).length;
    if (!bare) return [node];
    if (kept <= 0) return node.children ?? [node];
    return [node.children ? node : new katex.__domTree.Span([], [node])];
}

/** A mark around one letter is drawn as that letter, in place of an element in an element. */
function carry(mark) {
    const [letter] = mark.children;
    if (mark.children.length > 1 || letter.text === undefined || mark.classes.length) return;
    mark.classes = letter.classes;
    mark.style = {...letter.style, ...letter.italic > 0 && {marginRight: em(letter.italic)}};
    Object.assign(letter, {classes: [], style: {}, italic: 0});
}

const em = length => `${Number(length.toFixed(4))}em`;

/** A subscript or a superscript as one raised element, for which KaTeX makes a table; nothing for both, or a tall one. */
function script(node) {
    const list = node.children[0].children[0].children[0];
    if (list.children.length > 1) return null;
    const [place] = list.children, [prop, drawn] = place.children;
    const size = parseFloat(drawn.style.fontSize);
    if (!size || place.children.length > 2 || /vlist|svg/.test(drawn.toMarkup())) return null;
    const {top, ...margins} = place.style;
    for (const side in margins) drawn.style[side] = em(parseFloat(margins[side]) / size);
    drawn.style.verticalAlign = em(-(parseFloat(top) + parseFloat(prop.style.height)) / size);
    drawn.classes.push("script");
    return drawn;
}

/** A length in fewer digits: across errors add up, so one digit more is kept there. */
const shorter = (_, side, length) =>
    `${side}:${Number(Number(length).toFixed(["height", "top", "vertical-align"].includes(side) ? 2 : 3))}em`;

function render(tex, display, mathml) {
    const options = {
        displayMode: display, output: mathml ? "htmlAndMathml" : "html", throwOnError: true,
        trust: c => c.command === "\\htmlData",
        strict: code => code === "htmlExtension" ? "ignore" : "error",
    };
    try {
        const tree = katex.__renderToDomTree(tex, options);
        const drawn = node => node.classes?.includes("katex-html") ? thin(node, 1) : node.children?.forEach(drawn);
        drawn(tree);
        const html = tree.toMarkup().replace(/([\w-]+):(-?\d*\.\d{3,})em/g, shorter).replaceAll(';"', '"').replace(/ (xmlns="http:[^"]*MathML"|stretchy="false"|fence="true")/g, "");
        return JSON.stringify({html});
    }
    catch (error) { return JSON.stringify({error: error.message}); }
}
