// What katex.py calls: the HTML of a formula, or what KaTeX says of it.
function render(tex, display, mathml) {
    const options = {
        displayMode: display, output: mathml ? "htmlAndMathml" : "html", throwOnError: true,
        trust: c => c.command === "\\htmlData",
        strict: code => code === "htmlExtension" ? "ignore" : "error",
    };
    try { return JSON.stringify({html: katex.renderToString(tex, options)}); }
    catch (error) { return JSON.stringify({error: error.message}); }
}
