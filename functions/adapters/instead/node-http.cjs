/**
 * Node's own http. An ES module that imports it makes Node read all that it exports, and one of these loads undici:
 * a tenth of a cold start (docs/adr/0020-cold-start.md).
 */
module.exports = process.getBuiltinModule('node:http');
