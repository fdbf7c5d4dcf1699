// Checks an export of the access log with nothing but Node.js: written from access-log.md, without the platform's code.
// node verify-log.mjs log.ndjson checkpoints.json <keyId noted earlier>; exit code 0: good, 1: not good, and the first bad event is named.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

// RFC 8785: JSON.stringify gives strings and numbers their one form; members go by UTF-16 code units, as sort() does.
const canonical = value =>
  Array.isArray(value) ? `[${value.map(canonical).join(',')}]`
    : value !== null && typeof value === 'object' ? `{${Object.keys(value).sort().map(name => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
      : JSON.stringify(value);

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
const sevenDigits = time => time.replace(/(?:\.(\d+))?Z$/, (_, digits = '') => `.${digits.padEnd(7, '0')}Z`);

function refuse(sequence, why) {
  console.log(`NOT GOOD: event ${sequence} ${why}`);
  process.exit(1);
}

function checkSection(event, part, section, erased) {
  const { salt, commitment } = event.proof[part];
  if (salt === null) {
    if (canonical(section) !== canonical(erased)) refuse(event.sequence, `shows an erased ${part}`);
  } else if (sha256('platform-audit-section-v1\n', Buffer.from(salt, 'hex'), canonical(section)) !== commitment) {
    refuse(event.sequence, `has another ${part} than it had`);
  }
}

function checkEvent(event, previous) {
  checkSection(event, 'actor', { ip: event.ip, name: event.actor.name, userAgent: event.userAgent }, { ip: null, name: null, userAgent: null });
  checkSection(event, 'target', { changes: event.changes, name: event.target.name }, { changes: [], name: null });
  const party = part => ({ commitment: event.proof[part].commitment, id: event[part].id, type: event[part].type });
  const { id, action, outcome, previousHash, reason, sequence, sessionId, tenantId, traceId } = event;
  const link = { action, actor: party('actor'), id, outcome, previousHash, reason, sequence, sessionId, target: party('target'), tenantId, time: sevenDigits(event.time), traceId };
  if (previous !== undefined && previousHash !== previous) refuse(sequence, 'does not follow from the one before');
  if (sha256('platform-audit-event-v1\n', canonical(link)) !== event.hash) refuse(sequence, 'is not as it was');
}

const [logFile, checkpointFile, keyId] = process.argv.slice(2);
const { items, keys } = JSON.parse(readFileSync(checkpointFile, 'utf8'));
const publicKeys = new Map(keys.map(key => [key.keyId, createPublicKey(key.publicKey)]));
const signed = new Map();
for (const { hash, sequence, tenantId, time, keyId: by, signature } of items) {
  if (keyId !== undefined && by !== keyId) refuse(sequence, 'is signed by another key');
  const key = publicKeys.get(by);
  if (key === undefined || sha256(key.export({ type: 'spki', format: 'der' })).slice(0, 32) !== by) refuse(sequence, 'is signed by a key that is not what its id says');
  const text = `platform-audit-checkpoint-v1\n${canonical({ hash, sequence, tenantId, time: sevenDigits(time) })}`;
  if (!verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'hex'))) refuse(sequence, 'has a checkpoint whose signature does not match');
  signed.set(sequence, hash);
}

let last;
for (const line of readFileSync(logFile, 'utf8').split('\n').filter(text => text !== '')) {
  const event = JSON.parse(line);
  if (last === undefined ? event.sequence !== 1 && !signed.has(event.sequence - 1) : event.sequence !== last.sequence + 1) refuse((last?.sequence ?? 0) + 1, 'is missing');
  checkEvent(event, last === undefined ? signed.get(event.sequence - 1) ?? '0'.repeat(64) : last.hash);
  if (signed.has(event.sequence) && signed.get(event.sequence) !== event.hash) refuse(event.sequence, 'is not the one that the checkpoint signed');
  last = event;
}

for (const sequence of signed.keys()) if (sequence > (last?.sequence ?? 0)) refuse((last?.sequence ?? 0) + 1, `is missing: ${sequence} events are signed`);
console.log(`GOOD: up to event ${last?.sequence ?? 0}, ${signed.size} checkpoints`);
