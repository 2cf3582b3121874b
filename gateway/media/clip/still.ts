/** A JPEG of the very picture of a moment: ffmpeg decodes from the keyframe before it to the last unit that is not later. */
import { createHash } from 'node:crypto'
import type { ClipRequest, ClipResult } from '../../core/media.ts'
import { VIDEO_CODECS } from '../codec/codecs.ts'
import type { VideoCodec } from '../codec/config.ts'
import { runFfmpeg } from '../ffmpeg.ts'
import type { Stream } from '../ingest/stream.ts'
import type { Ring } from '../ring/ring.ts'
import { annexB } from './annex-b.ts'
import { storeFailed, writeDurable } from './durable.ts'
import { evidenceFile } from './names.ts'
import { type EvidenceTools, noMedia, waitForKey } from './tools.ts'

const WAIT_KEY_MS = 1500
/** A tenth of a second of work, by a process that lets everything else go first: on a busy machine it is late, and late is better than none. */
const DECODE_MS = 60_000
const MAX_JPEG_BYTES = 16 * 1024 * 1024
/** A GOP longer than this gives the keyframe alone: a still is wanted within a second. */
const MAX_UNITS = 300
const MAX_INPUT_BYTES = 8 * 1024 * 1024

/** Of so many pictures the last one, none made up and none dropped on the way. */
const jpegArgs = (codec: VideoCodec, pictures: number): string[] =>
  `-f ${VIDEO_CODECS[codec].ffmpegFormat} -threads 1 -i pipe:0 -fps_mode passthrough -vf select=eq(n\\,${pictures - 1}) -frames:v 1 -q:v 3 -f mjpeg pipe:1`.split(
    ' '
  )

/** Rejects with MEDIA_UNAVAILABLE where there is no picture, with STORE_FAILED where it cannot be kept. */
export async function takeStill(stream: Stream, request: ClipRequest, tools: EvidenceTools): Promise<ClipResult> {
  const file = evidenceFile(request.evidenceId, 'still')
  const key = await waitForKey(stream, request.fromMs, tools.clock, WAIT_KEY_MS)
  if (key === undefined) throw noMedia(request, 'no keyframe')
  const until = lastUnit(stream.ring, key, request.fromMs)
  // Read now: the ring moves on while ffmpeg works.
  const times = new Map([key, until].map(seq => [seq, stream.ring.index.wallMs(seq)]))
  const decode = (last: number): Promise<Buffer> => {
    const units = decodable(stream.ring, key, last)
    const input = annexB(stream.ring, units)
    const codec = stream.ring.index.config(key)?.kind ?? 'h264'
    const job = { path: tools.ffmpegPath, clock: tools.clock, timeoutMs: DECODE_MS, maxOutputBytes: MAX_JPEG_BYTES }
    return tools.still(() => runFfmpeg({ ...job, args: jpegArgs(codec, units.length), input }))
  }
  const exact = await decode(until).catch(() => Buffer.alloc(0))
  // A damaged unit on the way, or pictures that are not one a unit: the keyframe is better than nothing.
  const [atSeq, jpeg] =
    exact.length > 0 || !stream.ring.index.holds(key)
      ? [until, exact]
      : [
          key,
          await decode(key).catch((error: unknown) => {
            tools.log.warn({ cameraId: request.cameraId, err: String(error) }, 'still was not decoded')
            throw noMedia(request, 'not decodable')
          })
        ]
  if (jpeg.length === 0) throw noMedia(request, 'not decodable')
  const atMs = times.get(atSeq) ?? request.fromMs
  await writeDurable(tools.dir, file, [jpeg]).catch(error => Promise.reject(storeFailed(error)))
  return {
    evidenceId: request.evidenceId,
    file,
    actualFromMs: atMs,
    actualToMs: atMs,
    gapMs: 0,
    bytes: jpeg.length,
    sha256: createHash('sha256').update(jpeg).digest('hex')
  }
}

/** The last unit of the key's GOP that is not later than the moment, within bounds. */
function lastUnit(ring: Ring, key: number, untilMs: number): number {
  const { index } = ring
  let last = key
  let bytes = index.length(key)
  for (let seq = key + 1; seq < index.next && !index.isKey(seq) && index.wallMs(seq) <= untilMs; seq++) {
    bytes += index.length(seq)
    if (seq - key >= MAX_UNITS || bytes > MAX_INPUT_BYTES) return key
    last = seq
  }
  return last
}

/** Without the pictures that need what was before the keyframe: a decoder leaves them out, and the count would be wrong. */
function decodable(ring: Ring, first: number, last: number): number[] {
  const units: number[] = []
  for (let seq = first; seq <= last; seq++) if (!ring.index.isLeading(seq)) units.push(seq)
  return units
}
