// Cube of the containers: it reads its model anew whenever a file of it changes, as `ecp import` writes it.
const fs = require('fs');
const path = require('path');

const MODEL = path.join(__dirname, 'model');

module.exports = {
  schemaVersion: () =>
    fs
      .readdirSync(MODEL, { recursive: true })
      .map((name) => [name, fs.statSync(path.join(MODEL, name))])
      .filter(([, stat]) => stat.isFile())
      .map(([name, stat]) => `${name}:${stat.size}:${stat.mtimeMs}`)
      .sort()
      .join('|'),
  scheduledRefreshTimer: false,
  telemetry: false,
};
