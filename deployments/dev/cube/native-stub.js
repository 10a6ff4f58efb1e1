// Stands in for Cube's prebuilt native module, which comes from a download page and not from npm.
// Only the SQL API, Jinja and Python models and the Tesseract planner need the real one.
const fs = require('fs');
const Module = require('module');
const results = require('./native-results.js');

const isNative = (file) =>
  typeof file === 'string' && /@cubejs-backend[\/\\]native[\/\\](native[\/\\])?index\.node$/.test(file);

const known = {
  ...results,
  setupLogger() {},
  resetLogger() {},
  isFallbackBuild: () => true,
  redactSqlLiterals: (text) => text,
  newJinjaEngine: () => ({}),
  loadTemplate() {},
  clearTemplates() {},
  loadPythonContext: async () => ({}),
  registerInterface: async () => ({}),
  shutdownInterface: async () => {},
};

const native = new Proxy(known, {
  get(target, name) {
    if (name in target) return target[name];
    return () => {
      throw new Error(`The native function ${String(name)} is not available here`);
    };
  },
});

const existsSync = fs.existsSync;
fs.existsSync = (file) => isNative(file) || existsSync(file);
const load = Module._load;
Module._load = function loadOrStub(request, ...rest) {
  return isNative(request) ? native : load.call(this, request, ...rest);
};
