/**
 * A TrueType font of the glyphs that a sheet uses, made of their outlines: the tables that a PDF asks of an embedded font, and no more.
 * Source: OpenType 1.9, glyf, loca, head, hhea, hmtx, maxp; ISO 32000-1, 9.9.
 */

/** An outline as fontkit gives it: moveTo, lineTo, quadraticCurveTo, closePath. */
export interface Outline {
  readonly advance: number
  readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[]
}

interface Point {
  readonly x: number
  readonly y: number
  readonly on: boolean
}

export const UNITS_PER_EM = 1_000
export const ASCENT = 880
export const DESCENT = -120

const MAGIC = 0x5f0f3cf5
const CHECK_SUM = 0xb1b0afba

/** Glyph 0 is what stands where a character is missing. Deterministic. */
export function trueTypeOf(outlines: readonly Outline[]): Buffer {
  const glyphs = outlines.map(({ commands }) => contoursOf(commands))
  const bodies = glyphs.map(glyphBody)
  const boxes = glyphs.map(boxOf)
  const box = boxes.reduce((all, each) => ({
    ...{ x0: Math.min(all.x0, each.x0), y0: Math.min(all.y0, each.y0) },
    ...{ x1: Math.max(all.x1, each.x1), y1: Math.max(all.y1, each.y1) }
  }))
  const loca = Buffer.alloc(4 * (bodies.length + 1))
  let offset = 0
  for (const [n, body] of bodies.entries()) {
    loca.writeUInt32BE(offset, 4 * n)
    offset += body.length
  }
  loca.writeUInt32BE(offset, 4 * bodies.length)
  const hmtx = Buffer.alloc(4 * outlines.length)
  for (const [n, { advance }] of outlines.entries()) {
    hmtx.writeUInt16BE(Math.round(advance), 4 * n)
    hmtx.writeInt16BE(boxes[n]?.x0 ?? 0, 4 * n + 2)
  }
  const most = Math.max(0, ...outlines.map(({ advance }) => Math.round(advance)))
  return assembled([
    ['glyf', Buffer.concat(bodies)],
    ['head', headTable(box)],
    ['hhea', hheaTable(most, outlines.length)],
    ['hmtx', hmtx],
    ['loca', loca],
    ['maxp', maxpTable(glyphs)]
  ])
}

/** Closed contours of whole units; a last point on the first one is left out. */
function contoursOf(commands: Outline['commands']): readonly (readonly Point[])[] {
  const contours: Point[][] = []
  let current: Point[] = []
  const add = (x = 0, y = 0, on = true) => current.push({ x: Math.round(x), y: Math.round(y), on })
  for (const { command, args } of commands) {
    if (command === 'moveTo') {
      current = []
      contours.push(current)
      add(args[0], args[1])
    } else if (command === 'lineTo') add(args[0], args[1])
    else if (command === 'quadraticCurveTo') {
      add(args[0], args[1], false)
      add(args[2], args[3])
    } else if (command === 'closePath') {
      const [first, last] = [current[0], current.at(-1)]
      if (current.length > 1 && first && last?.on && first.x === last.x && first.y === last.y) current.pop()
    }
  }
  return contours.filter(contour => contour.length > 2)
}

const boxOf = (contours: readonly (readonly Point[])[]) => {
  const points = contours.flat()
  if (points.length === 0) return { x0: 0, y0: 0, x1: 0, y1: 0 }
  const [xs, ys] = [points.map(point => point.x), points.map(point => point.y)]
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) }
}

/** A simple glyph with a flag and two words for every point: plain, and deflated in the file anyway. */
function glyphBody(contours: readonly (readonly Point[])[]): Buffer {
  if (contours.length === 0) return Buffer.alloc(0)
  const points = contours.flat()
  const { x0, y0, x1, y1 } = boxOf(contours)
  const body = Buffer.alloc(10 + 2 * contours.length + 2 + 5 * points.length)
  for (const [n, value] of [contours.length, x0, y0, x1, y1].entries()) body.writeInt16BE(value, 2 * n)
  let at = 10
  let end = -1
  for (const contour of contours) {
    end += contour.length
    at = body.writeUInt16BE(end, at)
  }
  at = body.writeUInt16BE(0, at)
  for (const { on } of points) at = body.writeUInt8(on ? 1 : 0, at)
  for (const axis of ['x', 'y'] as const) {
    let before = 0
    for (const point of points) {
      at = body.writeInt16BE(point[axis] - before, at)
      before = point[axis]
    }
  }
  return padded(body)
}

function headTable(box: {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}): Buffer {
  const head = Buffer.alloc(54)
  head.writeUInt32BE(0x00010000, 0)
  head.writeUInt32BE(0x00010000, 4)
  head.writeUInt32BE(MAGIC, 12)
  head.writeUInt16BE(UNITS_PER_EM, 18)
  for (const [n, value] of [box.x0, box.y0, box.x1, box.y1].entries()) head.writeInt16BE(value, 36 + 2 * n)
  head.writeUInt16BE(8, 46)
  head.writeInt16BE(2, 48)
  // Offsets of glyphs in four bytes.
  head.writeInt16BE(1, 50)
  return head
}

function hheaTable(most: number, glyphs: number): Buffer {
  const hhea = Buffer.alloc(36)
  hhea.writeUInt32BE(0x00010000, 0)
  hhea.writeInt16BE(ASCENT, 4)
  hhea.writeInt16BE(DESCENT, 6)
  hhea.writeUInt16BE(most, 10)
  hhea.writeInt16BE(1, 18)
  hhea.writeUInt16BE(glyphs, 34)
  return hhea
}

function maxpTable(glyphs: readonly (readonly (readonly Point[])[])[]): Buffer {
  const maxp = Buffer.alloc(32)
  maxp.writeUInt32BE(0x00010000, 0)
  maxp.writeUInt16BE(glyphs.length, 4)
  maxp.writeUInt16BE(Math.max(0, ...glyphs.map(contours => contours.flat().length)), 6)
  maxp.writeUInt16BE(Math.max(0, ...glyphs.map(contours => contours.length)), 8)
  maxp.writeUInt16BE(2, 14)
  return maxp
}

function assembled(tables: readonly (readonly [tag: string, body: Buffer])[]): Buffer {
  const directory = Buffer.alloc(12 + 16 * tables.length)
  const power = 2 ** Math.floor(Math.log2(tables.length))
  directory.writeUInt32BE(0x00010000, 0)
  const search = [tables.length, 16 * power, Math.log2(power), 16 * (tables.length - power)]
  for (const [n, value] of search.entries()) directory.writeUInt16BE(value, 4 + 2 * n)
  let offset = directory.length
  for (const [n, [tag, body]] of tables.entries()) {
    const at = 12 + 16 * n
    directory.write(tag, at, 'latin1')
    directory.writeUInt32BE(sumOf(padded(body)), at + 4)
    directory.writeUInt32BE(offset, at + 8)
    directory.writeUInt32BE(body.length, at + 12)
    offset += padded(body).length
  }
  const file = Buffer.concat([directory, ...tables.map(([, body]) => padded(body))])
  const head = directory.readUInt32BE(12 + 16 * tables.findIndex(([tag]) => tag === 'head') + 8)
  file.writeUInt32BE((CHECK_SUM - sumOf(file)) >>> 0, head + 8)
  return file
}

const padded = (body: Buffer): Buffer =>
  body.length % 4 === 0 ? body : Buffer.concat([body, Buffer.alloc(4 - (body.length % 4))])

function sumOf(body: Buffer): number {
  let sum = 0
  for (let at = 0; at < body.length; at += 4) sum = (sum + body.readUInt32BE(at)) >>> 0
  return sum
}
