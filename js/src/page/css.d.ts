// Stylesheets are concatenated by build.mjs; only the browser tests import them.
declare module "*.css";
