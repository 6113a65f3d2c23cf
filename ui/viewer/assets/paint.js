// Where a film lies on its canvas, and its pixels there. All lengths are device pixels of the canvas.
// A look is { zoom, x, y }: 1 fits the film into its canvas; x and y are the film's share at the canvas centre.

const LARGEST_ZOOM = 64;

/** Which halving of a plane to start from: the smallest that is still no smaller than what is painted. */
const mipIndex = (scale) => (scale < 1 ? Math.floor(Math.log2(1 / scale)) : 0);

const fitScale = (canvas, film) => Math.min(canvas.width / film.width, canvas.height / film.height);

/** Scale (canvas pixels a film pixel) and top left corner of the film; whole pixels, so that 100 % is exact. */
function place(canvas, film, look) {
  const exact = fitScale(canvas, film) * look.zoom;
  const scale = Math.abs(exact - 1) < 1e-6 ? 1 : exact;
  return {
    scale,
    x: Math.round(canvas.width / 2 - look.x * film.width * scale),
    y: Math.round(canvas.height / 2 - look.y * film.height * scale),
  };
}

/** The look nearest to the one wished for that leaves no empty border beside a film larger than its canvas. */
function bound(canvas, film, look) {
  const fit = fitScale(canvas, film);
  const zoom = Math.min(Math.max(look.zoom, Math.min(1, 1 / fit)), LARGEST_ZOOM);
  const inside = (centre, view, size) => {
    const half = view / (2 * size * fit * zoom);
    return half >= 0.5 ? 0.5 : Math.min(Math.max(centre, half), 1 - half);
  };
  return { zoom, x: inside(look.x, canvas.width, film.width), y: inside(look.y, canvas.height, film.height) };
}

/** The look at another zoom that keeps the film under (atX, atY) where it is. */
function zoomed(canvas, film, look, zoom, atX, atY) {
  const { scale, x, y } = place(canvas, film, look);
  const { zoom: allowed } = bound(canvas, film, { ...look, zoom });
  const next = fitScale(canvas, film) * allowed;
  const centre = (at, corner, view, size) => (at - corner) / (size * scale) + (view / 2 - at) / (size * next);
  return bound(canvas, film, {
    zoom: allowed,
    x: centre(atX, x, canvas.width, film.width),
    y: centre(atY, y, canvas.height, film.height),
  });
}

const opaque = (grey) => (0xff000000 | (grey << 16) | (grey << 8) | grey) >>> 0;

/** Colour of each of the 65,536 levels; `centre` and `width` in grey levels of 255. */
function windowTable({ centre, width, inverse }) {
  const table = new Uint32Array(65536);
  const low = centre - width / 2;
  for (let level = 0; level < 65536; level++) {
    const grey = Math.min(Math.max(Math.round(((level / 257 - low) / width) * 255), 0), 255);
    table[level] = opaque(inverse ? 255 - grey : grey);
  }
  return table;
}

/** Colour of each difference −65535 … 65535 (at index + 65535): mid-grey for none, amplified. */
function differenceTable(amplification) {
  const table = new Uint32Array(131071);
  for (let i = 0; i < table.length; i++) {
    const grey = 128 + ((i - 65535) / 257) * amplification;
    table[i] = opaque(Math.min(Math.max(Math.round(grey), 0), 255));
  }
  return table;
}

const scratch = document.createElement("canvas");

/**
 * Paint the film as it is, or (given a reference of the same size) its difference to that.
 * A shrunken film is averaged; of a shrunken difference single pixels are shown, because averages of noise vanish.
 */
function paintFilm(canvas, film, look, table, reference) {
  const context = canvas.getContext("2d", { alpha: false });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const { scale, x, y } = place(canvas, film, look);
  const index = mipIndex(scale);
  const cell = 2 ** index;
  const ratio = scale * cell;
  const size = { width: Math.ceil(film.width / cell), height: Math.ceil(film.height / cell) };

  const from = (corner, limit) => Math.min(Math.max(Math.floor(-corner / ratio) - 2, 0), limit);
  const to = (corner, view, limit) => Math.min(Math.max(Math.ceil((view - corner) / ratio) + 2, 0), limit);
  const [left, top] = [from(x, size.width), from(y, size.height)];
  const [right, bottom] = [to(x, canvas.width, size.width), to(y, canvas.height, size.height)];
  const [width, height] = [right - left, bottom - top];
  if (width <= 0 || height <= 0) return;

  if (scratch.width !== width || scratch.height !== height) Object.assign(scratch, { width, height });
  const image = new ImageData(width, height);
  const colours = new Uint32Array(image.data.buffer);
  if (reference) {
    const [after, before] = [film.mips[0].levels, reference.mips[0].levels];
    for (let row = 0, out = 0; row < height; row++) {
      let i = (top + row) * cell * film.width + left * cell;
      for (const end = out + width; out < end; out++, i += cell) colours[out] = table[after[i] - before[i] + 65535];
    }
  } else {
    const levels = mip(film, index).levels;
    for (let row = 0, out = 0; row < height; row++) {
      let i = (top + row) * size.width + left;
      for (const end = out + width; out < end; out++, i++) colours[out] = table[levels[i]];
    }
  }
  scratch.getContext("2d").putImageData(image, 0, 0);

  context.save();
  context.beginPath();
  context.rect(x, y, film.width * scale, film.height * scale);
  context.clip();
  // From twice its size on, a reader wants to see the pixels themselves.
  context.imageSmoothingEnabled = !reference && ratio < 2 && ratio !== 1;
  context.imageSmoothingQuality = "high";
  context.drawImage(scratch, x + left * ratio, y + top * ratio, width * ratio, height * ratio);
  context.restore();
}
