// Spectrogram columns in the browser, for sounds that have not left it.

const SIZE = 1024;
const FLOOR_DB = -85, TOP_DB = -15;

const hann = Float32Array.from({ length: SIZE }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / SIZE));
const cosines = Float32Array.from({ length: SIZE / 2 }, (_, index) => Math.cos((2 * Math.PI * index) / SIZE));
const sines = Float32Array.from({ length: SIZE / 2 }, (_, index) => Math.sin((2 * Math.PI * index) / SIZE));
const reversed = Uint16Array.from({ length: SIZE }, (_, index) => {
  let turned = 0;
  for (let bit = 0, rest = index; bit < 10; bit += 1, rest >>= 1) turned = (turned << 1) | (rest & 1);
  return turned;
});
const real = new Float32Array(SIZE), imaginary = new Float32Array(SIZE);

/** The colours of the pictures the box draws (Evidence/Pictures/ColourMap.swift), at ten places; 256 as bytes. */
const palette = (() => {
  const stops = [[2, 0, 16], [28, 0, 42], [69, 1, 62], [117, 5, 69], [170, 0, 60], [209, 56, 34], [229, 111, 28], [236, 162, 80], [239, 208, 149], [249, 246, 223]];
  const colors = new Uint8ClampedArray(256 * 3);
  for (let index = 0; index < 256; index += 1) {
    const at = (index / 255) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(at)), share = at - left;
    for (let part = 0; part < 3; part += 1) colors[index * 3 + part] = stops[left][part] + (stops[left + 1][part] - stops[left][part]) * share;
  }
  return colors;
})();

function transform() {
  for (let index = 0; index < SIZE; index += 1) {
    const other = reversed[index];
    if (other > index) {
      const swap = real[index];
      real[index] = real[other];
      real[other] = swap;
    }
  }
  imaginary.fill(0);
  for (let half = 1; half < SIZE; half *= 2) {
    const step = SIZE / (2 * half);
    for (let start = 0; start < SIZE; start += 2 * half) {
      for (let index = 0; index < half; index += 1) {
        const c = cosines[index * step], s = -sines[index * step];
        const a = start + index, b = a + half;
        const re = real[b] * c - imaginary[b] * s, im = real[b] * s + imaginary[b] * c;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}

const SLANEY = 27 / Math.log(6.4);
const mel = (hz) => (hz < 1000 ? (3 * hz) / 200 : 15 + SLANEY * Math.log(hz / 1000));
const hertz = (value) => (value < 15 ? (200 * value) / 3 : 1000 * Math.exp((value - 15) / SLANEY));

/** Rows of a picture `height` high between two frequencies on the mel scale: first and last bin of each row. */
export function melRows(height, rate, minHz = 50, maxHz = 14000) {
  const top = mel(Math.min(maxHz, rate / 2)), bottom = mel(minHz);
  return Array.from({ length: height }, (_, row) => {
    const upper = hertz(top - ((top - bottom) * row) / height), lower = hertz(top - ((top - bottom) * (row + 1)) / height);
    const first = Math.max(1, Math.floor((lower * SIZE) / rate));
    return [first, Math.max(first, Math.min(SIZE / 2 - 1, Math.ceil((upper * SIZE) / rate) - 1))];
  });
}

/** Writes one column of colours for the SIZE samples from `at` into an image of `width`. */
export function column(samples, at, rows, image, x, width) {
  for (let index = 0; index < SIZE; index += 1) real[index] = (samples[at + index] ?? 0) * hann[index];
  transform();
  rows.forEach(([first, last], row) => {
    let most = 0;
    for (let bin = first; bin <= last; bin += 1) most = Math.max(most, real[bin] * real[bin] + imaginary[bin] * imaginary[bin]);
    const level = 10 * Math.log10(most / (SIZE * SIZE * 0.0625) + 1e-12);
    const color = Math.max(0, Math.min(255, Math.round(((level - FLOOR_DB) / (TOP_DB - FLOOR_DB)) * 255))) * 3;
    const pixel = (row * width + x) * 4;
    image[pixel] = palette[color];
    image[pixel + 1] = palette[color + 1];
    image[pixel + 2] = palette[color + 2];
    image[pixel + 3] = 255;
  });
}

/** The whole of `samples` as a picture on `canvas`, drawn in slices so that the page stays alive. */
export async function drawSpectrogram(canvas, samples, rate, { signal } = {}) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const rows = melRows(height, rate);
  const slice = 48;
  for (let x = 0; x < width; x += slice) {
    if (signal?.aborted) return;
    const wide = Math.min(slice, width - x);
    const image = context.createImageData(wide, height);
    for (let index = 0; index < wide; index += 1) {
      const at = Math.round(((x + index) / Math.max(1, width - 1)) * Math.max(0, samples.length - SIZE));
      column(samples, at, rows, image.data, index, wide);
    }
    context.putImageData(image, x, 0);
    await new Promise((resolve) => { setTimeout(resolve); });
  }
}

/** A picture that scrolls: `push(samples)` adds columns at the right edge. */
export function scroller(canvas, rate, columnsPerSecond) {
  const rows = melRows(canvas.height, rate);
  const context = canvas.getContext("2d", { willReadFrequently: false });
  const hop = Math.round(rate / columnsPerSecond);
  let rest = new Float32Array(0);
  context.fillStyle = "rgb(11 17 20)";
  context.fillRect(0, 0, canvas.width, canvas.height);
  return {
    push(block) {
      const samples = new Float32Array(rest.length + block.length);
      samples.set(rest);
      samples.set(block, rest.length);
      let at = 0, count = 0;
      const wide = Math.floor(Math.max(0, samples.length - SIZE) / hop) + (samples.length >= SIZE ? 1 : 0);
      if (wide > 0) {
        const shown = Math.min(wide, canvas.width);
        const image = context.createImageData(shown, canvas.height);
        for (; at + SIZE <= samples.length; at += hop, count += 1) {
          if (count >= wide - shown) column(samples, at, rows, image.data, count - (wide - shown), shown);
        }
        context.drawImage(canvas, -shown, 0);
        context.putImageData(image, canvas.width - shown, 0);
      }
      rest = samples.slice(Math.min(at, samples.length));
    },
  };
}
