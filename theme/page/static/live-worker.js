// Python for the cells of one page, off the page's main thread: CPython and NumPy as WebAssembly (Pyodide).

const base = new URL("../python/", import.meta.url).href;

async function start() {
  const { loadPyodide } = await import(`${base}pyodide.mjs`);
  postMessage({ step: 1 });
  const python = await loadPyodide({ indexURL: base });
  postMessage({ step: 2 });
  const file = async (name) => (await fetch(base + name)).arrayBuffer();
  const { wheel } = await (await fetch(`${base}wheel.json`)).json();
  const quiet = { messageCallback() {} };
  const [package_, cells] = await Promise.all([file(wheel), file("cells.py"), python.loadPackage(["numpy", "matplotlib"], quiet)]);
  python.unpackArchive(package_, "wheel");
  python.FS.writeFile("cells.py", new Uint8Array(cells));
  postMessage({ step: 3 });
  return python.pyimport("cells");
}

const ready = start();
ready.catch((error) => postMessage({ broken: String(error) }));

addEventListener("message", async ({ data: { id, code } }) => {
  const [text, html, pictures, failed] = (await ready).run(code).toJs();
  postMessage({ id, text, html, pictures, failed });
});
