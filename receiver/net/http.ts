/**
 * Node's HTTP modules. An `import` of them asks for each of their exports, and with the browser's WebSocket among those
 * loads a second HTTP client: 5 MB that nothing here uses.
 */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');
