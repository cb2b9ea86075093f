// What the tests ask of an open notebook, through the application that JupyterLab and Notebook 7 expose on request.
// Loaded into the page by notebook_page.py; the answers come from the notebook's model, not from its DOM.
(() => {
  const app = window.jupyterapp;
  const asked = new Map(); // cell id -> how often the kernel was asked to run it
  const open = new Set(); // ids of execute requests without a reply
  let running = Promise.resolve();
  let afterOp = Promise.resolve("");

  // Nobody sees the tab's icon, which JupyterLab changes, and so has fetched, whenever a kernel is busy or idle.
  document.querySelector("link.busy.favicon")?.remove();

  const find = () => [...app.shell.widgets("main")].find((widget) => widget.context && widget.sessionContext && widget.content?.widgets);
  const kernel = () => find()?.sessionContext.session?.kernel;
  const cells = () => find().content.widgets;
  const command = (name, args) => app.commands.execute(name, args);

  const listen = () => {
    const session = find()?.sessionContext.session;
    if (!session || session === listen.to) return;
    listen.to = session;
    session.anyMessage.connect((_, { msg, direction }) => {
      if (direction === "send" && msg.header.msg_type === "execute_request") {
        open.add(msg.header.msg_id);
        const id = msg.metadata?.cellId;
        if (id) asked.set(id, (asked.get(id) ?? 0) + 1);
      }
      if (direction === "recv" && msg.header.msg_type === "execute_reply") open.delete(msg.parent_header.msg_id);
    });
  };

  const start = (name) => {
    const panel = find();
    app.shell.activateById(panel.id);
    const promise = command(name);
    running = Promise.allSettled([running, promise]);
  };

  window.bnPage = {
    // Open a notebook whose kernel the application may not have heard of.
    async open(path) {
      await app.serviceManager.kernelspecs.refreshSpecs();
      await command("docmanager:open", { path, factory: "Notebook" });
    },
    // Close it without a question, and leave the page as the next notebook wants it.
    close() {
      const panel = find();
      panel.context.model.dirty = false;
      panel.dispose();
      document.documentElement.style.zoom = "";
    },
    ready() {
      const panel = find();
      if (!panel?.context.isReady || kernel()?.status !== "idle" || kernel().connectionStatus !== "connected") return false;
      listen();
      cells().forEach((cell, index) => (cell.node.dataset.bnCell = String(index)));
      return true;
    },
    status: () => kernel()?.status ?? "none",
    async idle() {
      const settled = await Promise.race([running.then(() => true), new Promise((done) => setTimeout(done, 20, false))]);
      return settled && open.size === 0 && kernel()?.status === "idle";
    },
    asked: (index) => asked.get(cells()[index].model.id) ?? 0,
    runCell(index) {
      const { content } = find();
      content.deselectAll();
      content.activeCellIndex = index;
      start("notebook:run-cell");
    },
    runAll: () => start("notebook:run-all-cells"),
    askedAll: () => cells().every((cell) => cell.model.type !== "code" || !cell.model.sharedModel.getSource().trim() || asked.has(cell.model.id)),
    outputs: (index) => cells()[index].model.outputs?.toJSON() ?? [],
    source: (index) => cells()[index].model.sharedModel.getSource(),
    setSource: ([index, text]) => cells()[index].model.sharedModel.setSource(text),
    addCell(source) {
      const panel = find();
      const index = cells().length;
      panel.content.model.sharedModel.insertCell(index, { cell_type: "code", source, metadata: {} });
      cells()[index].node.dataset.bnCell = String(index);
      return index;
    },
    async show(index) {
      await find().content.scrollToItem(index);
    },
    async save() {
      await find().context.save();
    },
    async interrupt() {
      await kernel().interrupt();
    },
    async restart() {
      open.clear();
      await kernel().restart();
      open.clear();
    },
    async shutdown() {
      open.clear();
      await find().sessionContext.shutdown();
    },
    async theme(name) {
      if (document.body.dataset.jpThemeName !== name) await command("apputils:change-theme", { theme: name });
    },
    trusted: () => cells().every((cell) => cell.model.type !== "code" || cell.model.trusted),
    // Ask the kernel to run code as soon as a painter's next op was sent, in the same task.
    executeAfterOp(code) {
      const kernel_ = kernel();
      const handler = (_, { msg, direction }) => {
        if (direction !== "send" || msg.content.data?.content?.kind !== "ops") return;
        kernel_.anyMessage.disconnect(handler);
        afterOp = window.bnPage.execute(code);
      };
      kernel_.anyMessage.connect(handler);
    },
    executedAfterOp: () => afterOp,
    async execute(code) {
      const future = kernel().requestExecute({ code, silent: false, store_history: false, stop_on_error: false });
      let text = "";
      future.onIOPub = ({ header, content }) => {
        if (header.msg_type === "stream") text += content.text;
        if (header.msg_type === "error") text += `${content.ename}: ${content.evalue}`;
      };
      await future.done;
      return text;
    },
  };
})();
