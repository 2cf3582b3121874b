/** Tiles of an invented map server: a checkerboard with a frame, so that every shift and seam is seen. */
import { crc32, deflateSync } from 'node:zlib'

const SIDE = 256

export const FAKE_TILES = { datum: 'gcj02', minZoom: 3, maxZoom: 18, attribution: '© 示例地图' } as const

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), 8 + data.length)
  return out
}

/** A grey PNG of 8 bits; undefined for a path that is no tile. */
export function fakeTile(path: string): Buffer | undefined {
  const [, x, y] = /^\/api\/map\/tiles\/\d+\/(\d+)\/(\d+)$/.exec(path) ?? []
  if (x === undefined || y === undefined) return undefined
  const shade = (Number(x) + Number(y)) % 2 === 0 ? 150 : 190
  const rows = Buffer.alloc(SIDE * (SIDE + 1))
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++)
      rows[row * (SIDE + 1) + 1 + column] = row === 0 || column === 0 ? 255 : shade
  const head = Buffer.from([0, 0, 1, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0])
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))
  ])
}
