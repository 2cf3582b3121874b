/** Photos by their bytes: pictures made by ffmpeg, with a place, words and a tail put in; ffmpeg sees the same picture afterwards and nothing of those. */
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PHOTO_LIMITS } from '../core/unit-message.ts'
import { photoOf } from './photo-bytes.ts'

const made = (codec: string, format = 'image2pipe', more = ''): Buffer =>
  execFileSync(
    'ffmpeg',
    `-v error -f lavfi -i testsrc2=size=322x178 -frames:v 1 -c:v ${codec} ${more} -f ${format} pipe:1`.split(/ +/),
    { maxBuffer: 1 << 24 }
  )
/** The decoded picture, as a peer reads it. */
const decoded = (bytes: Buffer): string =>
  execFileSync('ffmpeg', '-v error -xerror -i pipe:0 -pix_fmt rgb24 -f framemd5 pipe:1'.split(' '), { input: bytes })
    .toString()
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .join()

const SECRET = 'GPS 27.0330 N 119.6130 E'
const sized = (name: string, body: Buffer, big: boolean): Buffer => {
  const length = Buffer.alloc(4)
  if (big) length.writeUInt32BE(body.length)
  else length.writeUInt32LE(body.length)
  return big
    ? Buffer.concat([length, Buffer.from(name), body, Buffer.alloc(4)])
    : Buffer.concat([Buffer.from(name), length, body])
}
const jpegPart = (marker: number, text: string): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(text.length + 2, 2)
  return Buffer.concat([head, Buffer.from(text)])
}

const JPEG = made('mjpeg')
const PNG = made('png')
const WEBP = made('libwebp', 'webp')
const LOSSLESS = made('libwebp', 'webp', '-lossless 1')

/** Each with what phones write into them, and another file behind the end. */
const CARRYING = {
  jpg: Buffer.concat([
    JPEG.subarray(0, 2),
    jpegPart(0xe1, `Exif\0\0${SECRET}`),
    jpegPart(0xfe, SECRET),
    JPEG.subarray(2),
    Buffer.from(`<html>${SECRET}</html>`)
  ]),
  png: Buffer.concat([
    PNG.subarray(0, 33),
    sized('eXIf', Buffer.from(SECRET), true),
    sized('tEXt', Buffer.from(`Comment\0${SECRET}`), true),
    PNG.subarray(33),
    Buffer.from(SECRET)
  ])
}

test.each([
  ['jpg', JPEG, CARRYING.jpg],
  ['png', PNG, CARRYING.png]
] as const)('%s: the picture stays, what else the file carries goes', (type, plain, carrying) => {
  const found = photoOf(carrying)
  expect(found).toMatchObject({ ok: true, type, width: 322, height: 178 })
  if (!found.ok) return
  expect(carrying.includes(SECRET)).toBe(true)
  expect(found.bytes.includes(SECRET)).toBe(false)
  expect(decoded(found.bytes)).toBe(decoded(plain))
  // Once more it is the same file.
  expect(photoOf(found.bytes)).toEqual(found)
})

test.each([WEBP, LOSSLESS])('webp %#: an extended file loses its Exif and keeps its picture', plain => {
  const body = plain.subarray(12)
  const canvas = Buffer.from([0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  canvas.writeUIntLE(321, 4, 3)
  canvas.writeUIntLE(177, 7, 3)
  const chunks = Buffer.concat([
    Buffer.from('WEBP'),
    sized('VP8X', canvas, false),
    body,
    sized('EXIF', Buffer.from(SECRET), false)
  ])
  const carrying = sized('RIFF', chunks, false)
  const found = photoOf(carrying)
  expect(found).toMatchObject({ ok: true, type: 'webp', width: 322, height: 178 })
  expect(found.ok && found.bytes.includes(SECRET)).toBe(false)
  expect(found.ok && decoded(found.bytes)).toBe(decoded(plain))
  expect(photoOf(plain)).toMatchObject({ ok: true, type: 'webp', width: 322, height: 178 })
})

test('a file of another kind, one cut off, one that claims to be huge is refused', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
  const gif = Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(64)])
  for (const bytes of [svg, gif, Buffer.alloc(0), Buffer.alloc(4_096), JPEG.subarray(0, -2), PNG.subarray(0, -12)])
    expect(photoOf(bytes)).toMatchObject({ ok: false, why: 'no whole JPEG, PNG or WebP' })
  const huge = Buffer.from(PNG)
  huge.writeUInt32BE(11_000, 16)
  huge.writeUInt32BE(11_000, 20)
  expect(photoOf(huge)).toEqual({ ok: false, why: 'too many pixels' })
  expect(photoOf(Buffer.alloc(PHOTO_LIMITS.bytes + 1))).toEqual({ ok: false, why: 'larger than 8 MB' })
})

test('a JPEG that paints its picture over and over is refused: each time costs whoever looks at it a whole decoding', () => {
  const scan = JPEG.subarray(JPEG.indexOf(Buffer.from([0xff, 0xda])), -2)
  const scans = (more: number) =>
    Buffer.concat([JPEG.subarray(0, -2), ...Array.from({ length: more }, () => scan), JPEG.subarray(-2)])
  expect(photoOf(scans(19)).ok).toBe(true)
  expect(photoOf(scans(200))).toEqual({ ok: false, why: 'no whole JPEG, PNG or WebP' })
})

test('changed and random bytes never throw, and never grow', () => {
  const seed = fc.constantFrom(CARRYING.jpg, CARRYING.png, WEBP, LOSSLESS)
  const change = fc.array(fc.tuple(fc.nat(40_000), fc.nat(255)), { maxLength: 20 })
  fc.assert(
    fc.property(seed, change, fc.nat(60_000), (bytes, changes, cut) => {
      const mutated = Buffer.from(bytes)
      for (const [at, value] of changes) mutated[at % mutated.length] = value
      const found = photoOf(mutated.subarray(0, 16 + cut))
      return !found.ok || found.bytes.length <= mutated.length + 2
    }),
    { numRuns: 2_000 }
  )
})
