// Writes numbers.txt: doubles as 16 hex digits of their bits, and how ECMAScript prints them. The second implementation that CanonicalNumber is held against.
// Run it with Node.js: node make-numbers.mjs > numbers.txt
const view = new DataView(new ArrayBuffer(8));

function print(bits) {
  view.setBigUint64(0, bits);
  const value = view.getFloat64(0);
  if (Number.isFinite(value)) console.log(`${bits.toString(16).padStart(16, '0')} ${JSON.stringify(value)}`);
}

function bitsOf(value) {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

// Both sides of every power of two and of ten, where shortest digits and exponents change.
for (let power = -1074; power <= 1023; power += 7) for (const step of [-1n, 0n, 1n]) print(BigInt.asUintN(64, bitsOf(2 ** power) + step));
for (let power = -323; power <= 308; power++) for (const step of [-1n, 0n, 1n]) print(BigInt.asUintN(64, bitsOf(Number(`1e${power}`)) + step));
for (const value of [0, -0, 1, -1, 1.1, 0.1, 0.3, 1 / 3, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 1e21, 1e-6, 1e-7, 123456789012345680000]) print(bitsOf(value));

// Any others: a xorshift generator with a fixed seed, so that the file can be made again.
let state = 0x9E3779B97F4A7C15n;
for (let i = 0; i < 2000; i++) {
  state ^= BigInt.asUintN(64, state << 13n);
  state ^= state >> 7n;
  state ^= BigInt.asUintN(64, state << 17n);
  print(state);
}
