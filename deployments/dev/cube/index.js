// Cube on loopback only, reading its model anew whenever a file of it changes.
const fs = require('fs');
const http = require('http');
const path = require('path');
const express = require('express');
const { CubejsServerCore } = require('@cubejs-backend/server-core');

const modelVersion = (folder) =>
  fs
    .readdirSync(folder, { recursive: true })
    .map((name) => [name, fs.statSync(path.join(folder, name))])
    .filter(([, stat]) => stat.isFile())
    .map(([name, stat]) => `${name}:${stat.size}:${stat.mtimeMs}`)
    .sort()
    .join('|');

// The first caller does not wait for the model to be compiled.
async function compiled(core) {
  const context = { securityContext: {}, requestId: 'start' };
  const compiler = await core.getCompilerApi(context);
  await compiler.metaConfig(context, { requestId: 'start' });
}

async function main() {
  const core = new CubejsServerCore({
    schemaPath: 'model',
    schemaVersion: () => modelVersion('model'),
    scheduledRefreshTimer: false,
    telemetry: false,
  });
  const app = express();
  app.use(express.json({ limit: '1mb' }));
  await core.initApp(app);
  const server = http.createServer(app).listen(Number(process.env.PORT), '127.0.0.1');
  compiled(core).catch((error) => console.error(error));
  process.on('SIGTERM', () => server.close(() => process.exit(0)) && server.closeAllConnections());
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
