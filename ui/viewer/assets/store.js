// Grey planes by the digest of their levels. Payloads lay bytes on a shelf that the whole page shares (see payload.js);
// here each plane is decoded once, and forgotten when no mounted payload carries it any more.

const shelf = (globalThis[Symbol.for("reading-room.planes")] ??= Object.assign(new EventTarget(), { parcels: new Map() }));
const arrivals = new Map(); // digest → { promise, settle, started }
const headers = new WeakMap(); // bytes → header

shelf.addEventListener("change", collect);
collect();

/** Promise of the plane { digest, width, height, mips: [{ width, height, levels: Uint16Array }] }. */
function planeOf(digest) {
  return arrival(digest).promise;
}

function arrival(digest) {
  if (!arrivals.has(digest)) {
    let settle;
    const promise = new Promise((resolve) => { settle = resolve; });
    arrivals.set(digest, { promise, settle, started: false });
  }
  return arrivals.get(digest);
}

function collect() {
  const wanted = new Set();
  for (const bytes of shelf.parcels.values()) {
    const header = headerOf(bytes);
    wanted.add(header.digest);
    const here = arrival(header.digest);
    if (here.started) continue;
    here.started = true;
    here.settle(unpack(header, bytes.subarray(header.end)));
  }
  for (const [digest, { started }] of arrivals) {
    if (started && !wanted.has(digest)) arrivals.delete(digest);
  }
}

function headerOf(bytes) {
  if (!headers.has(bytes)) {
    const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    headers.set(bytes, { ...JSON.parse(new TextDecoder().decode(bytes.subarray(4, end))), end });
  }
  return headers.get(bytes);
}

async function unpack({ digest, width, height, depth, coding, base }, body) {
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("deflate"));
  const residue = joined(new Uint8Array(await new Response(stream).arrayBuffer()), depth);
  const levels = new Uint16Array(width * height);
  const step = depth === 8 ? 257 : 1;
  const mask = depth === 8 ? 0xff : 0xffff;
  if (coding === "difference") {
    const before = (await planeOf(base)).mips[0].levels;
    for (let i = 0; i < levels.length; i++) levels[i] = ((before[i] / step + residue[i]) & mask) * step;
  } else {
    for (let i = 0; i < width; i++) levels[i] = residue[i] * step;
    for (let i = width; i < levels.length; i++) levels[i] = ((levels[i - width] / step + residue[i]) & mask) * step;
  }
  return { digest, width, height, mips: [{ width, height, levels }] };
}

/** Sixteen-bit residues travel as two runs, high bytes first. */
function joined(bytes, depth) {
  if (depth === 8) return bytes;
  const size = bytes.length / 2;
  const numbers = new Uint16Array(size);
  for (let i = 0; i < size; i++) numbers[i] = (bytes[i] << 8) | bytes[i + size];
  return numbers;
}

/** The plane at 1 / 2^index of its size, each level the mean of four, so that a shrunken film does not alias. */
function mip(plane, index) {
  while (plane.mips.length <= index) plane.mips.push(halve(plane.mips.at(-1)));
  return plane.mips[index];
}

function halve({ width, height, levels }) {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1];
  const half = new Uint16Array(w * h);
  for (let y = 0; y < h; y++) {
    const top = 2 * y * width;
    const bottom = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < w; x++) {
      const [left, right] = [2 * x, Math.min(2 * x + 1, width - 1)];
      half[y * w + x] = (levels[top + left] + levels[top + right] + levels[bottom + left] + levels[bottom + right] + 2) >> 2;
    }
  }
  return { width: w, height: h, levels: half };
}

const sameSize = (a, b) => a.width === b.width && a.height === b.height;

const largestChanges = new WeakMap(); // plane → Map(reference digest → grey levels of 255)

/** Largest difference of a pixel between two planes of one size, in grey levels of 255. */
function largestChange(plane, reference) {
  const known = largestChanges.get(plane) ?? largestChanges.set(plane, new Map()).get(plane);
  if (!known.has(reference.digest)) {
    const [a, b] = [reference.mips[0].levels, plane.mips[0].levels];
    let largest = 0;
    for (let i = 0; i < a.length; i++) {
      const change = Math.abs(b[i] - a[i]);
      if (change > largest) largest = change;
    }
    known.set(reference.digest, largest / 257);
  }
  return known.get(reference.digest);
}
