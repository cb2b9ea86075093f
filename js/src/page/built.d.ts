// What build.mjs makes of files that are no TypeScript modules.

/** Stylesheets are concatenated; only the browser tests import them. */
declare module "*.css";

/** A worker's source, bundled into one text; see inline_worker.mjs. */
declare module "*?text" {
  const text: string;
  export default text;
}
