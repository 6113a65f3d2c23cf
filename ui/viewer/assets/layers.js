// What lies over a film: the saliency map in colour, the lesion as a contour.

// Magma (van der Walt and Smith 2015) at nine points, as in every picture of saliency here: even in lightness, safe
// for colour-blind readers.
const HEAT = ["000004", "1c1044", "4f127b", "812581", "b5367a", "e55964", "fb8761", "fec287", "fcfdbf"].map((stop) => [
  parseInt(stop.slice(0, 2), 16), parseInt(stop.slice(2, 4), 16), parseInt(stop.slice(4, 6), 16),
]);

function heat(share) {
  const at = share * (HEAT.length - 1);
  const below = Math.min(Math.floor(at), HEAT.length - 2);
  return HEAT[below].map((low, i) => Math.round(low + (HEAT[below + 1][i] - low) * (at - below)));
}

/** Low values are transparent, so that what does not matter to the model leaves the film clear. */
const cover = (share) => Math.min(share / 0.6, 1) ** 1.5;

const TINTS = Uint32Array.from({ length: 256 }, (_, i) => {
  const [red, green, blue] = heat(i / 255);
  return ((Math.round(cover(i / 255) * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
});

const tinted = new WeakMap(); // levels of a saliency map → canvas

function tint({ width, height, levels }) {
  if (!tinted.has(levels)) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const image = new ImageData(width, height);
    const colours = new Uint32Array(image.data.buffer);
    levels.forEach((level, i) => { colours[i] = TINTS[level >> 8]; });
    canvas.getContext("2d").putImageData(image, 0, 0);
    tinted.set(levels, canvas);
  }
  return tinted.get(levels);
}

/** The map covers the whole film, at whatever resolution it has. */
function paintSaliency(canvas, film, map, look, opacity) {
  const context = canvas.getContext("2d", { alpha: false });
  const { scale, x, y } = place(canvas, film, look);
  const [width, height] = [film.width * scale, film.height * scale];
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "low"; // enough between half and full size, and several times as fast
  context.drawImage(tint(mip(map, mipIndex(width / map.width))), x, y, width, height);
  context.globalAlpha = 1;
}

const outlines = new WeakMap(); // mask plane → Path2D in film pixels

// Marching squares: for each of the 16 corners-inside patterns of a cell (1 top left, 2 top right, 4 bottom right,
// 8 bottom left), the lines between the middles of its sides (0 top, 1 right, 2 bottom, 3 left).
const CELL_LINES = ["", "30", "01", "31", "12", "30 12", "02", "32", "23", "20", "01 23", "21", "13", "10", "03", ""];
const SIDE_MIDDLES = [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]];

function outline(mask) {
  if (!outlines.has(mask)) {
    const path = new Path2D();
    const { width, height } = mask;
    const levels = mask.mips[0].levels;
    const inside = (x, y) => Number(x >= 0 && y >= 0 && x < width && y < height && levels[y * width + x] > 0);
    for (let y = -1; y < height; y++) {
      for (let x = -1, left = 0; x < width; x++) {
        const right = inside(x + 1, y) * 2 + inside(x + 1, y + 1) * 4;
        const pattern = left + right;
        left = (right & 2) / 2 + (right & 4) * 2;
        if (pattern === 0 || pattern === 15) continue;
        for (const line of CELL_LINES[pattern].split(" ")) {
          const [[fromX, fromY], [toX, toY]] = [...line].map((side) => SIDE_MIDDLES[side]);
          path.moveTo(x + 0.5 + fromX, y + 0.5 + fromY); // a cell's corners are pixel centres
          path.lineTo(x + 0.5 + toX, y + 0.5 + toY);
        }
      }
    }
    outlines.set(mask, path);
  }
  return outlines.get(mask);
}

function paintLesion(canvas, film, mask, look) {
  const context = canvas.getContext("2d", { alpha: false });
  const { scale, x, y } = place(canvas, film, look);
  context.save();
  context.setTransform(scale, 0, 0, scale, x, y);
  context.lineCap = "round";
  for (const [colour, width] of [["rgba(0, 0, 0, 0.75)", 4], ["#f4f8fb", 1.6]]) {
    context.strokeStyle = colour;
    context.lineWidth = (width * devicePixelRatio) / scale;
    context.stroke(outline(mask));
  }
  context.restore();
}
