// Where things are: from the pointer to canvas pixels to picture pixels and back. No DOM in here.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** Picture pixel p lies at canvas pixel p * scale + offset. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const MIN_SCALE = 1 / 64;
const MAX_SCALE = 64;

/**
 * Turn client coordinates into canvas pixels. The canvas's rectangle as it is rendered is compared with its own pixels, so
 * that device pixel ratio, browser zoom and a zoomed or scaled ancestor cancel out.
 */
export function toCanvas(clientX: number, clientY: number, rect: Rect, canvas: Size): [number, number] {
  return [
    ((clientX - rect.left) * canvas.width) / (rect.width || 1),
    ((clientY - rect.top) * canvas.height) / (rect.height || 1),
  ];
}

export function toPicture(view: View, x: number, y: number): [number, number] {
  return [(x - view.x) / view.scale, (y - view.y) / view.scale];
}

export function toView(view: View, x: number, y: number): [number, number] {
  return [x * view.scale + view.x, y * view.scale + view.y];
}

/** Show the whole picture, in the middle. */
export function fit(picture: Size, canvas: Size): View {
  return centre(picture, canvas, Math.min(canvas.width / picture.width, canvas.height / picture.height));
}

export function centre(picture: Size, canvas: Size, scale: number): View {
  return {
    scale,
    x: (canvas.width - picture.width * scale) / 2,
    y: (canvas.height - picture.height * scale) / 2,
  };
}

/** The largest box of a picture's shape in the middle of another picture: an edit may have changed the shape. */
export function inside(picture: Size, frame: Size): Rect {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (frame.width - width) / 2, top: (frame.height - height) / 2, width, height };
}

/** Zoom so that what lies under canvas pixel (x, y) stays there. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, view.scale * factor));
  const k = scale / view.scale;
  return { scale, x: x - (x - view.x) * k, y: y - (y - view.y) * k };
}

export function pan(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Keep at least `margin` canvas pixels of the picture in sight. */
export function keepInSight(view: View, picture: Size, canvas: Size, margin = 48): View {
  const clamp = (at: number, length: number, room: number) =>
    Math.min(room - Math.min(margin, length), Math.max(Math.min(margin, length) - length, at));
  return {
    scale: view.scale,
    x: clamp(view.x, picture.width * view.scale, canvas.width),
    y: clamp(view.y, picture.height * view.scale, canvas.height),
  };
}

/** Zoom and move the view as two fingers do. */
export function pinch(view: View, before: readonly [XY, XY], after: readonly [XY, XY]): View {
  const [a, b] = [middle(before), middle(after)];
  const spread = distance(after) / (distance(before) || 1);
  return pan(zoomAt(view, spread, a[0], a[1]), b[0] - a[0], b[1] - a[1]);
}

export type XY = readonly [number, number];

function middle([p, q]: readonly [XY, XY]): XY {
  return [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
}

function distance([p, q]: readonly [XY, XY]): number {
  return Math.hypot(q[0] - p[0], q[1] - p[1]);
}

/** Zoom factor of one wheel event: lines and pages count as pixels do, and a step is never extreme. */
export function wheelFactor(deltaY: number, deltaMode: number): number {
  const pixels = deltaY * (deltaMode === 1 ? 16 : deltaMode === 2 ? 400 : 1);
  return Math.exp(-Math.max(-200, Math.min(200, pixels)) * 0.003);
}
